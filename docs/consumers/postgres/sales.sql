-- Sales by status, and by state of the address: columns of nested fields need quotes.
\copy (SELECT status, count(*), sum(total) FROM ecommerce_sales GROUP BY status) TO 'status.csv' (FORMAT csv)
\copy (SELECT "shipping_address.state", count(*), max(total) FROM ecommerce_sales GROUP BY 1) TO 'state.csv' (FORMAT csv)
