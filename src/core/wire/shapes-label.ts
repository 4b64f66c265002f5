/**
 * Name and label of the Distributed Map that reads the shapes of tenants before the first wave, if a rehearsal is
 * required. Its Map Runs are not rounds; this label, which is part of their ARNs, distinguishes them.
 */
export const SHAPES_LABEL = 'CheckShapes';
