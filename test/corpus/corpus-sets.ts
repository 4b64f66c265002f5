import type { ServerKind } from '../chaos/differential/chaos-server.ts';
import type { PackageVersion } from './fetch-package.ts';

/** Migrations that somebody has published, and what is known of them. */
export interface CorpusSet {
  readonly package: PackageVersion;
  /** Folder of the migrations in the package. */
  readonly folder: string;
  /** The licence, which has to allow that they are run. */
  readonly licence: string;
  /** Servers that plain Knex can migrate with it; all of them if it is left out. */
  readonly servers?: readonly ServerKind[];
  /** Columns, as `table.column`, that the clock or a generator fills. */
  readonly random?: readonly string[];
  /** Columns, as `table.column`, with ids that the server generated in another table. */
  readonly refersTo?: readonly string[];
  /**
   * The migrations do not run on these servers as they are; how far they come, and the error with which
   * they end, have to be those of plain Knex.
   */
  readonly failsUnderPlainKnex?: true;
  /** Whether it is a part of the short form. */
  readonly isInShortForm?: true;
}

/**
 * The sets. Versions and hashes are exact: what was looked at is what is run. None of it is a
 * dependency of this package, and nothing of it is committed.
 */
export const CORPUS: readonly CorpusSet[] = [
  {
    package: {
      name: '@backstage/backend-defaults',
      version: '0.19.0',
      integrity:
        'sha512-MDaRaofk8soHG5qHs28W6c5LCGunom4pqudkOFHVphtU/gWx8k9iXCb/2qiLPrnCRDkvdmDjdbIm1npZyld3Xw==',
    },
    folder: 'migrations/scheduler',
    licence: 'Apache-2.0',
  },
  {
    package: {
      name: '@backstage-community/plugin-bazaar-backend',
      version: '0.27.0',
      integrity:
        'sha512-xlKpFzI+7anD2WzgIKlRrpo8+92vfzB7lEShNIh6irC++zLsrQVZ3HgoFLOPLwhe40ZxtNvbiQJQm4JyZCQ4Hg==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
    isInShortForm: true,
  },
  {
    package: {
      name: '@backstage-community/plugin-code-coverage-backend',
      version: '0.16.1',
      integrity:
        'sha512-6c53UgXk9/OqghQUfaIfPpAiSR4tfNABKoETB5/55346gVsncZLrcb/dND6vHhOJC8p4kpxUdjl4RGKbjywViA==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
  },
  {
    package: {
      name: '@backstage-community/plugin-entity-feedback-backend',
      version: '0.25.0',
      integrity:
        'sha512-W0GgCHsbsRGpugyGlO5SE8dMKD1XTocxj6VLmEpSVOiswufs2rqPgv4bvXicOoZB5vSe0HVSycQ+uBJlOPvr5Q==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
    isInShortForm: true,
  },
  {
    package: {
      name: '@backstage-community/plugin-feedback-backend',
      version: '2.2.3',
      integrity:
        'sha512-+xfZdm9xpA6ovRudL+kyAfcvg7yiBTXh8iSrj1udSQ+kmiyvK8UvpnHEnZ8nyv5q7H5CRbuzaPDIPEFZZ8x1CA==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
  },
  {
    package: {
      name: '@backstage-community/plugin-linguist-backend',
      version: '0.31.0',
      integrity:
        'sha512-h4mL0jR89u+sxebFI/eL8O47T4VGhUcX59mSOFTDswMrUe5EQYjdCUEx5O99xi/PG9Q5tc5tlO0jpOhl3BkVCA==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
  },
  {
    package: {
      name: '@backstage-community/plugin-playlist-backend',
      version: '0.25.0',
      integrity:
        'sha512-+CqB4QzFjcsPQ0u/hIRzkBQx+EFPep0aB2qAZZjQsZ62luj9RoBSYEZHIyFdhgW8hu6OAzv8TZwuV4wrshXRVA==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
  },
  {
    package: {
      name: '@backstage-community/plugin-tech-insights-backend',
      version: '3.1.0',
      integrity:
        'sha512-EZa4/k+XiC0lWNH6rec5Z3jbNaxOzQPIbOmwlV2kOoPkZS1u+O/QNQviKl20Q63Femln1LT9ZyJ2jTm7ujDO+Q==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
  },
  {
    package: {
      name: '@backstage/plugin-app-backend',
      version: '0.5.20',
      integrity:
        'sha512-8FLLsVPcUk/Vn7MrNkViDAkm9oguPJ+TCrV7mNFSs1QADs3QSTtl9nc7K8ufbkid1o2kswilzKFZPTJKuwzZoA==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
  },
  {
    package: {
      name: '@backstage/plugin-auth-backend',
      version: '0.31.0',
      integrity:
        'sha512-qnXV8ziWFVwxM9QrIMj9ObP6zc6HDDKoyE+Wq9bTeYJmbv1rbL2ceD6lwO/cSW8zjbuWAWk+iB/x18NHoHpCmg==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
    isInShortForm: true,
  },
  {
    package: {
      name: '@backstage/plugin-catalog-backend',
      version: '4.0.5',
      integrity:
        'sha512-XL852aTZ+kz2W/BlZEDPQ1MCis+wG1aRMmUnna9+G/Gg5AZqrKBLfnQA2qyRenJRrWlxKLwN/f54f63tjWk7Ug==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
    random: ['locations.id'],
    isInShortForm: true,
  },
  {
    package: {
      name: '@backstage/plugin-events-backend',
      version: '0.6.6',
      integrity:
        'sha512-Oiil6O9RtPxhOpdnR0wyIgjRbqpio3oi3aXWO2dlC1Oji7zHNCeOj7j3swSwqwPZutJrLHBaEq+s3JYlQLlDzA==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
  },
  {
    package: {
      name: '@backstage/plugin-notifications-backend',
      version: '0.6.11',
      integrity:
        'sha512-Zw0I1ScHDeD4sLk/HaAZdg3iw8uW6EPQoIjmedIcm1wd75zIIsTQejIT2enZ/yUUldX5L95CO06yQ3fecovKxA==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
  },
  {
    package: {
      name: '@backstage/plugin-scaffolder-backend',
      version: '4.3.0',
      integrity:
        'sha512-gWzETVi+bBVxu5RhNFb9ajpV+51zTCDsAflf2kZJWQ/Iz5W7CjzCKcCGOnUGCE3cey8YzE6MK1jFt845+y4S+w==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
    isInShortForm: true,
  },
  {
    package: {
      name: '@backstage/plugin-user-settings-backend',
      version: '0.4.9',
      integrity:
        'sha512-CfuhZ+/mJMPTbo7r5wVvUfwtnGCPUPgMrIkh8ki2M8vH2GDtXty1INm8g7bDeXArZcxbkc1wQSFbf3UePvUR7A==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
  },
  {
    package: {
      name: '@electrolux-oss/plugin-infrawallet-backend',
      version: '1.2.0',
      integrity:
        'sha512-4paOL93CKI0wKCSC3fv1K2PNyGawIruGGF4wNN7/Qo+lm5AkOI3QDt9L2cSTW7R4xEWMG8SeDeAhc1/Bn13pUw==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
    isInShortForm: true,
  },
  {
    package: {
      name: '@jikwan/backstage-plugin-dora-scorecard-backend',
      version: '1.0.3',
      integrity:
        'sha512-sZ52uRYhEAWd00s6f34KOBaSKwGcCicawSzB96N41LysH9ML+eLiuNajs4IqK86QjCJxyLSCTdqv9JCeKx+RoQ==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
  },
  {
    package: {
      name: '@kissmiklosjr/plugin-scaffolder-studio-backend',
      version: '1.4.1',
      integrity:
        'sha512-L1tCs0F4D0ZgblO6f6bG3ere4I8fdHpJLYqNghIdy6B+JQ3xynfqHPP1Lx5DT6gDr/rE+n5O6GUzqQMgflvqmA==',
    },
    folder: 'migrations',
    licence: 'MIT',
  },
  {
    package: {
      name: '@pagerduty/backstage-plugin-backend',
      version: '0.14.0',
      integrity:
        'sha512-afma1agWEsirey27Cksi2lt+U7vg3GByEdEoNB+BU8Sz04jiDLn4hYmtdwomFi4u44xjYW9euzlcn6i+UhH5Rw==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
  },
  {
    package: {
      name: '@parsifal-m/backstage-plugin-open-feedback-backend',
      version: '0.5.4',
      integrity:
        'sha512-1u9atyUJjJ4r0jNv5rGOyQYNKyUChgmccvTGF+QwKaNEn+3cgLnghdoEyQz4NVbmHKYlJtSDKnfzVeyG7qduPA==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
  },
  {
    package: {
      name: '@mojaloop/central-ledger',
      version: '19.5.5',
      integrity:
        'sha512-QEmw/RDvtTWax4RUj9Ch865IdEatQPoKGpRqiw7I8qV9CIyZQkTYhaHPj3oQcIk2wIqAqyuHjg/rvdFy4iD2gQ==',
      dependenciesOf: '2026-11-28',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
  },
  {
    package: {
      name: '@drodil/backstage-plugin-qeta-backend',
      version: '4.0.5',
      integrity:
        'sha512-PqpK40FkLFndSLsoyMP6ztO+eRNdyjLYxzdhReL1x9ZX4n+K6XhuIIUfpMwnoSlXuBaEMqgBmWmzbCHgHfu8Jw==',
    },
    folder: 'migrations',
    licence: 'MIT',
    failsUnderPlainKnex: true,
  },
  {
    package: {
      name: '@backstage-community/plugin-announcements-backend',
      version: '0.29.0',
      integrity:
        'sha512-g27ZDzRPqwsZDhucQKNf/Lqn8Ln1p80U6bWsTT3tWy9abULgouWEwRl894Lpw7du1tLGMIIGZAl/ZhAfNoOTjA==',
    },
    folder: 'db/migrations',
    licence: 'Apache-2.0',
    failsUnderPlainKnex: true,
  },
  {
    package: {
      name: '@backstage-community/plugin-copilot-backend',
      version: '1.1.0',
      integrity:
        'sha512-i9WZn2gXL/eJQFsialgHZqyh5lSnA4MlBCJ6gwTXSShg0a6wA1Y06chhxmTbUrIPrhzkE5yNUELwkAaQ78Myfg==',
    },
    folder: 'migrations',
    licence: 'Apache-2.0',
    failsUnderPlainKnex: true,
  },
];
