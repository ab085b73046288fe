"""What stands between the spider and the network: Scrapy middlewares and the decisions they carry out."""
