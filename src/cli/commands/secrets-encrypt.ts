import { Command } from 'commander';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from '../options/examples.ts';
import { readSecret } from '../read-secret.ts';

/** `secrets:encrypt`: a password as the central database keeps it. */
export function secretsEncrypt({ host, wiring, action }: App): Command {
  return new Command('secrets:encrypt')
    .summary('encrypt a tenant password')
    .description(
      'Encrypts a password with DB_ENCRYPTION_KEY and prints it as the central database keeps it. The password is typed without an echo, or piped in; it is never an argument, which other users of the machine could see.',
    )
    .addHelpText(
      'after',
      examples(
        'npm run secrets:encrypt',
        'fanfold secrets:encrypt < password.txt',
        'pass show db/acme | fanfold secrets:encrypt',
      ),
    )
    .action(
      action(async () => {
        // A wrong key shows before somebody has typed the password.
        const encrypt = wiring.passwordEncryption();
        const password = await readSecret(host, 'Password');
        if (password === undefined) return EXIT.interrupted;
        if (password === '') host.stderr.write('Note: the password is empty.\n');
        host.stdout.write(`${encrypt(password)}\n`);
        return EXIT.ok;
      }),
    );
}
