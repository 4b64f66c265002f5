import type { Construct } from 'constructs';
import { refuseFifo } from './alarms-topic.ts';
import type { LoginSecret } from './login-secrets-text.ts';
import { refuseOtherRegion } from './refuse-other-region.ts';
import type { TenantMigrationsProps } from './tenant-migrations-props.ts';
import { warnOfOtherAccount } from './warn-of-other-account.ts';

/** Refuses what functions and alarms could not use, before anything is deployed; warns of what may be so. */
export function refuseUnusable(scope: Construct, props: TenantMigrationsProps): void {
  const { alarmsTopic, notifyTopic, eventBus } = props;
  const secrets = {
    centralSecret: props.centralSecret,
    centralReadSecret: props.centralReadSecret,
    encryptionKeySecret: props.encryptionKeySecret,
    ...byIndex('shapeSecrets', props.shapeSecrets),
    ...byIndex('replicaSecrets', props.replicaSecrets),
    ...byIndex('provisioning.adminSecrets', props.provisioning?.adminSecrets),
  };
  refuseOtherRegion(scope, { ...secrets, alarmsTopic, notifyTopic, eventBus });
  warnOfOtherAccount(scope, secrets);
  refuseFifo(scope, 'alarmsTopic', alarmsTopic);
  refuseFifo(scope, 'notifyTopic', notifyTopic);
}

function byIndex(property: string, secrets: readonly LoginSecret[] = []) {
  return Object.fromEntries(
    secrets.map(({ secret }, index) => [`${property}[${index}]`, secret] as const),
  );
}
