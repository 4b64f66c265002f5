/** Where the value of a setting comes from; the first of these that has one counts. */
export type SettingOrigin =
  /** `name`: the flag. */
  | { readonly kind: 'flag'; readonly name: string }
  /** `name`: the variable. */
  | { readonly kind: 'environment variable'; readonly name: string }
  /** `name`: file and key, such as `fanfold.config.ts: migrations.folder`. */
  | { readonly kind: 'file'; readonly name: string }
  | { readonly kind: 'default' };

/** One setting as it counts; never a secret. */
export interface Setting {
  /** As the configuration file knows it, such as `migrations.tableName`. */
  readonly key: string;
  readonly value: unknown;
  readonly origin: SettingOrigin;
}
