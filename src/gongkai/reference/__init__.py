"""Reference data 参考数据 that a city may replace: files of ``rules/reference``, one reader each."""
