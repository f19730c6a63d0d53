enum KindlyTransportPlaceholder {}
