enum KindlyTemplatesPlaceholder {}
