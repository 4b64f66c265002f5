/** So many tenants at most in one request that names them. Apart from the schemas, which are slow to load. */
export const MOST_NAMED = 500;
