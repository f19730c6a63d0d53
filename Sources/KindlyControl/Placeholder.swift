enum KindlyControlPlaceholder {}
