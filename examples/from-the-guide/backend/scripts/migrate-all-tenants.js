const { usingCentral } = require('../src/central');
const { runTenantMigrations } = require('../src/run-tenant-migrations');

async function main() {
  console.log('🚀 Starting migration for all tenants...\n');
  const [tenants] = await usingCentral((central) =>
    central.query("SELECT * FROM tenants WHERE status = 'ACTIVE' ORDER BY slug"),
  );
  console.log(`📋 Found ${tenants.length} active tenant(s)\n`);
  let failed = 0;
  for (const tenant of tenants) {
    console.log(`🔄 Migrating tenant: ${tenant.name} (${tenant.dbName})`);
    try {
      const names = await runTenantMigrations(tenant);
      console.log(
        names.length === 0
          ? `✅ ${tenant.name}: Already up to date`
          : `✅ ${tenant.name}: Ran ${names.length} migrations:`,
      );
      for (const name of names) console.log(`- ${name}`);
    } catch (error) {
      failed += 1;
      console.error(`❌ ${tenant.name}: ${error.message}`);
    }
  }
  console.log(`✅ Successful: ${tenants.length - failed}\n❌ Failed: ${failed}`);
  process.exitCode = failed === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
