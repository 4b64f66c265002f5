/**
 * The file of settings with the login. Its format takes `#`, `;` and spaces for its own, unless a value is quoted; what
 * `%(name)s` means there cannot be escaped.
 *
 * @returns `undefined` if no form of the format has this login
 */
export function spiritSettings(user: string, password: string): string | undefined {
  const [userText, passwordText] = [quoted(user), quoted(password)];
  if (userText === undefined || passwordText === undefined) return undefined;
  return `[client]\nuser=${userText}\npassword=${passwordText}\n`;
}

function quoted(value: string): string | undefined {
  if (/%\(|[\r\n]/.test(value)) return undefined;
  if (!value.includes('`')) return `\`${value}\``;
  return value.includes('"""') || value.endsWith('"') ? undefined : `"""${value}"""`;
}
