import { RemovalPolicy } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

export interface MigrationSecretsProps {
  readonly prefix: string;
  /** Login of the central database, if there is one already. */
  readonly central?: ISecret | undefined;
  /** Encryption key of the tenants' passwords, if there is one already. */
  readonly encryptionKey?: ISecret | undefined;
  /** Key of the secrets that are made here. */
  readonly secretsKey?: IKey | undefined;
}

/** The two secrets of a fleet. Missing ones are made, and kept when the stack is deleted. */
export class MigrationSecrets extends Construct {
  /** Login of the central database, as RDS writes it: username, password, host, port, dbname. */
  readonly central: ISecret;
  /** Encryption key of the tenants' passwords, bare or as a key ring. */
  readonly encryptionKey: ISecret;

  constructor(scope: Construct, id: string, props: MigrationSecretsProps) {
    super(scope, id);
    this.central = props.central ?? this.centralToFillIn(props);
    this.encryptionKey = props.encryptionKey ?? this.generatedKey(props);
  }

  /** A template must not contain a password, so somebody has to fill in host and password once. */
  private centralToFillIn({ prefix, secretsKey }: MigrationSecretsProps): ISecret {
    const secret = new Secret(this, 'Central', {
      description: `Login of the central database (${prefix}). Fill in host and password before the first run.`,
      ...this.encryptedBy(secretsKey),
      generateSecretString: {
        secretStringTemplate: JSON.stringify({
          username: 'fanfold',
          host: '',
          port: 3306,
          dbname: 'central',
        }),
        generateStringKey: 'password',
        excludePunctuation: true,
      },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(secret, {
      'AwsSolutions-SMG4':
        'The database is not ours: its owner rotates the login, or passes a secret that rotates itself.',
    });
    return secret as ISecret;
  }

  /**
   * The library would let the account use the key through `secretsmanager.<region>.amazonaws.com`, which is
   * not the service's name in every partition. It does not change a key that seems to belong to somebody
   * else. The key's policy already includes the account's administrators, and each reader gets the right to
   * use it (`allow-secret.ts`).
   */
  private encryptedBy(key: IKey | undefined): { readonly encryptionKey?: IKey } {
    if (key === undefined) return {};
    const id = 'SecretsKey';
    const known = this.node.tryFindChild(id) as IKey | undefined;
    return { encryptionKey: known ?? Key.fromKeyArn(this, id, key.keyArn) };
  }

  /** 32 characters of ASCII are the 32 bytes of AES-256. A key ring cannot be generated. */
  private generatedKey({ prefix, secretsKey }: MigrationSecretsProps): ISecret {
    const secret = new Secret(this, 'EncryptionKey', {
      description: `Encryption key of the tenants' passwords (${prefix}). Losing it loses them all.`,
      ...this.encryptedBy(secretsKey),
      generateSecretString: { passwordLength: 32, excludePunctuation: true, includeSpace: false },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(secret, {
      'AwsSolutions-SMG4':
        'A new key opens none of the stored passwords: secrets:rotate re-encrypts them with it first.',
    });
    return secret as ISecret;
  }
}
