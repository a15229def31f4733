DROP TABLE procedure_list;
