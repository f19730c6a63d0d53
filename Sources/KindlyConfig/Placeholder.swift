enum KindlyConfigPlaceholder {}
