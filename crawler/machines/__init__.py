"""Work side by side, in processes of this machine or on a Dask cluster: tasks in, results in the same order out."""
