"""gongkai 公开: from a department's table to a published open-data release that exposes nobody."""

__version__ = "0.1.0"
