enum KindlyDaemonPlaceholder {}
