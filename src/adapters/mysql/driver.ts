import mysql2 from 'mysql2';

/** Our driver, for the Knex of a project in a function: that project's own would be a second one. */
export const driver = mysql2;
