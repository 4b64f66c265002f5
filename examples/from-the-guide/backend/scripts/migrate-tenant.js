const { usingCentral } = require('../src/central');
const { runTenantMigrations } = require('../src/run-tenant-migrations');

async function main([name]) {
  if (!name) throw new Error('Usage: npm run migrate:tenant <slug or id>');
  const [[tenant]] = await usingCentral((central) =>
    central.query('SELECT * FROM tenants WHERE slug = ? OR id = ?', [name, name]),
  );
  if (!tenant) throw new Error(`Tenant not found: ${name}`);
  const names = await runTenantMigrations(tenant);
  console.log(
    names.length === 0
      ? `✅ ${tenant.name}: Already up to date`
      : `✅ ${tenant.name}: Ran ${names.length} migrations:`,
  );
  for (const each of names) console.log(`- ${each}`);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(`❌ Migration failed: ${error.message}`);
  process.exitCode = 1;
});
