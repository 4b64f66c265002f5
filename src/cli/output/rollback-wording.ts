/** The last line of a successful rollback. */
export const ROLLED_BACK = '🎉 Rollback completed successfully!';
