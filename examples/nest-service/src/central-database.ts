import { randomUUID } from 'node:crypto';
import { ConflictException, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { createPool, type Pool, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';

/** A row of `tenants`, with the version of its schema, which Fanfold keeps beside it. */
export interface Tenant {
  readonly id: string;
  readonly slug: string;
  readonly dbHost: string;
  readonly dbPort: number;
  readonly dbName: string;
  readonly dbUser: string;
  readonly dbPassword: string;
  readonly schemaVersion: string | null;
}

/** The central database, which has a row for each tenant. */
@Injectable()
export class CentralDatabase implements OnModuleDestroy {
  private readonly pool: Pool = createPool(process.env.CENTRAL_DATABASE_URL ?? '');

  /** Adds the row of a new tenant, whose database does not exist yet, and returns its id. */
  async addTenant(slug: string, name: string): Promise<string> {
    const id = randomUUID();
    const { hostname, port } = new URL(process.env.TENANTS_SERVER_URL ?? '');
    const [{ affectedRows }] = await this.pool.query<ResultSetHeader>(
      `INSERT IGNORE INTO tenants (id, slug, name, status, dbHost, dbPort, dbName, dbUser, dbPassword)
       VALUES (?, ?, ?, 'PROVISIONING', ?, ?, '', '', '')`,
      [id, slug, name, hostname, Number(port || 3306)],
    );
    if (affectedRows === 0) throw new ConflictException(`There is a tenant "${slug}" already.`);
    return id;
  }

  async findTenant(slug: string): Promise<Tenant | undefined> {
    const [rows] = await this.pool.query<RowDataPacket[]>(
      `SELECT tenants.*, fanfold.schemaVersion
       FROM tenants LEFT JOIN fanfold_tenants AS fanfold ON fanfold.tenantId = tenants.id
       WHERE slug = ? AND status = 'ACTIVE'`,
      [slug],
    );
    return rows[0] as Tenant | undefined;
  }

  async onModuleDestroy(): Promise<void> {
    await this.pool.end();
  }
}
