"""The month's results of reviews (취업심사 결과) as published: page, table, data; never a name."""
