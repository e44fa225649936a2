"""Tables of counts 统计表: cells, their sums, and what a reader can work out of a withheld one."""
