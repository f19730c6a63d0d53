enum KindlyLedgerPlaceholder {}
