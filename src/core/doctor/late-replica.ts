/** The next step if replicas are late. */
export const LATE_REPLICA =
  'Look again later. If the lag stays, see why the replica falls behind: SHOW REPLICA STATUS (on MariaDB SHOW ALL SLAVES STATUS).';
