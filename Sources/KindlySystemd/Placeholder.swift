enum KindlySystemdPlaceholder {}
