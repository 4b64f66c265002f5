/** The source of a setting's value; the first of these that has one wins. */
export type SettingOrigin =
  /** `name`: the flag. */
  | { readonly kind: 'flag'; readonly name: string }
  /** `name`: the variable. */
  | { readonly kind: 'environment variable'; readonly name: string }
  /** `name`: file and key, such as `fanfold.config.ts: migrations.folder`. */
  | { readonly kind: 'file'; readonly name: string }
  | { readonly kind: 'default' };

/** One effective setting; never a secret. */
export interface Setting {
  /** The path in the configuration file, such as `migrations.tableName`. */
  readonly key: string;
  readonly value: unknown;
  readonly origin: SettingOrigin;
}
