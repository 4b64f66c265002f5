/** Our driver, for the Knex of a project in a function: that project's own would be a second one. */
export { default } from 'mysql2';
