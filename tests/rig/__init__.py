"""Real parts that tests run against, each started for one test run and gone afterwards."""
