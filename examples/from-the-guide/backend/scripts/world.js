// The 30 tenants. A prefix separates the tenants of several people on one server.
const PREFIX = process.env.SEED_PREFIX ?? '';

const NAMES = [
  'Acme Corp',
  'Beacon Books',
  'Cedar Clinics',
  'Delta Dental',
  'Evergreen Energy',
  'Fjord Foods',
  'Granite Games',
  'Harbor Hotels',
  'Ivory Insurance',
  'Juniper Jets',
  'Kestrel Kitchens',
  'Lumen Labs',
  'Maple Motors',
  'Nimbus News',
  'Orchard Optics',
  'Pinewood Parks',
  'Quartz Quality',
  'Redwood Rentals',
  'Summit Schools',
  'TechStart',
  'Umber Union',
  'Violet Vets',
  'Willow Works',
  'Xenon Xpress',
  'Yarrow Yachts',
  'Zephyr Zoo',
  'Atlas Audio',
  'Bramble Bikes',
  'Copper Cafe',
  'Dune Design',
];

const SUSPENDED = new Set(['Juniper Jets', 'Yarrow Yachts']);
const PROVISIONING = new Set(['Dune Design']);

function statusOf(name) {
  if (SUSPENDED.has(name)) return 'SUSPENDED';
  return PROVISIONING.has(name) ? 'PROVISIONING' : 'ACTIVE';
}

exports.tenants = NAMES.map((name, index) => {
  const slug = name.toLowerCase().replaceAll(' ', '-');
  const database = `${PREFIX}${slug.replaceAll('-', '_')}_db`;
  return {
    id: `cm5guide${String(index).padStart(17, '0')}`,
    name,
    slug,
    status: statusOf(name),
    dbName: database,
    // MySQL takes 32 characters.
    dbUser: `${PREFIX}${slug.replaceAll('-', '_')}`.slice(0, 32),
    // The number of migrations that the tenant has: most lack the newest one, some lack two, a few have none.
    applied: PROVISIONING.has(name) || index % 10 === 9 ? 0 : index % 5 === 4 ? 3 : 4,
  };
});
