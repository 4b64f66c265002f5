const { createConnection } = require('mysql2/promise');

/** Connects to the central database for the time of `work`. */
exports.usingCentral = async (work, more = {}) => {
  const uri = process.env.CENTRAL_DATABASE_URL;
  if (!uri) throw new Error('CENTRAL_DATABASE_URL is not set.');
  const central = await createConnection({ uri, ...more });
  try {
    return await work(central);
  } finally {
    await central.end();
  }
};
