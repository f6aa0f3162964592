"""Files that customers send: kept beside their case, told apart by what is in them."""
