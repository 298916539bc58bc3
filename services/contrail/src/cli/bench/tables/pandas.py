"""The same question by hand: reads a CSV, prints the sum of each category in March 2024 as JSON."""

import json
import sys

import pandas

orders = pandas.read_csv(sys.argv[1], parse_dates=["day"])
march = orders[(orders.day >= "2024-03-01") & (orders.day < "2024-04-01")]
print(json.dumps(march.groupby("category").amount.sum().to_dict()))
