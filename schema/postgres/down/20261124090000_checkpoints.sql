DROP TABLE audit_deliveries;
DROP TABLE audit_leaves;
DROP TABLE audit_checkpoints;
DROP TABLE audit_feed;
DROP TABLE audit_feed_origin;
