-- One database for each service, made when the server starts for the first time.
CREATE DATABASE products;
CREATE DATABASE orders;
CREATE DATABASE accounts;
CREATE DATABASE shipments;
