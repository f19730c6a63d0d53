enum KindlyTestKitPlaceholder {}
