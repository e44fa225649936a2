"""Personal data inside running text 自由文本识别: names, addresses, organisations and identifiers as spans."""
