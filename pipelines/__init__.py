"""Page in, Article or Rejection out. Pure: no network, no database."""
