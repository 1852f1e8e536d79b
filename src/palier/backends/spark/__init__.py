"""Apache Spark: the same plan over the same Parquet, on a local master or a cluster (extra `spark`)."""
