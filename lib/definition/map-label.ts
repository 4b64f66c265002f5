/** Name of the Distributed Map, and its label: it is part of its children's ARNs. */
export const MAP_LABEL = 'MigrateTenants';
