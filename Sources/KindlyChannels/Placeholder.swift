enum KindlyChannelsPlaceholder {}
