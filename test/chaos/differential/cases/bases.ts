/** Two people, and what they bought. */
export const SHOP = [
  'CREATE TABLE users (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190) NOT NULL, name VARCHAR(100), n INT NOT NULL DEFAULT 0)',
  "INSERT INTO users (email, name) VALUES ('a@x', 'Ann'), ('b@x', 'Bob'), ('c@x', NULL)",
  'CREATE TABLE orders (id INT UNSIGNED PRIMARY KEY, user_id INT UNSIGNED NOT NULL, total DECIMAL(10,2) NOT NULL DEFAULT 0, until DATETIME NULL, CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id))',
  "INSERT INTO orders VALUES (1, 1, 10, '2020-01-01 00:00:00'), (2, 1, 20, '2030-01-01 00:00:00'), (3, 2, 5, NULL)",
  'CREATE TABLE log (what TEXT)',
];

/** A function that writes, as a counter of invoice numbers or an audit does. */
export const WRITER = [
  ...SHOP,
  'CREATE TABLE written (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(50))',
  'CREATE FUNCTION w(a VARCHAR(50)) RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO written (what) VALUES (a); RETURN (SELECT COUNT(*) FROM written); END',
  'CREATE PROCEDURE pw(IN a VARCHAR(50), OUT c INT) MODIFIES SQL DATA BEGIN INSERT INTO written (what) VALUES (a); SELECT COUNT(*) INTO c FROM written; END',
  "CREATE VIEW calls_w AS SELECT id, w('view') AS c FROM users WHERE id = 1",
];

/** A table whose rows are more than the journal keeps of an answer. */
export const BIG = [
  ...SHOP,
  'CREATE TABLE big (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, body VARCHAR(4000), done TINYINT NOT NULL DEFAULT 0)',
  "INSERT INTO big (body) SELECT REPEAT('x', 3000) FROM (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6) a, (SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6) b",
];
