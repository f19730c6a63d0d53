enum KindlySourcesPlaceholder {}
