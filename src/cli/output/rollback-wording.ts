/** Said last where a rollback went well. */
export const ROLLED_BACK = '🎉 Rollback completed successfully!';
