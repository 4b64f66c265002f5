/** The question whether a server lists libraries, as MySQL does from 9.2 on: it has a row then. */
export const LIBRARY_VIEW = "SHOW TABLES FROM information_schema LIKE 'LIBRARIES'";
