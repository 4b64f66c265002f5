import { Body, Controller, Get, Post, Req, UseGuards } from '@nestjs/common';
import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { TenantDatabases } from './tenant-databases';
import { TenantReadyGuard, type TenantRequest } from './tenant-ready.guard';

@Controller('tasks')
@UseGuards(TenantReadyGuard)
export class TasksController {
  constructor(private readonly databases: TenantDatabases) {}

  @Get()
  async list(@Req() request: TenantRequest) {
    const [tasks] = await (await this.poolOf(request)).query<RowDataPacket[]>(
      'SELECT id, title, priority FROM tasks ORDER BY priority DESC, id',
    );
    return tasks;
  }

  @Post()
  async add(@Req() request: TenantRequest, @Body() { title }: { readonly title: string }) {
    const [{ insertId }] = await (await this.poolOf(request)).query<ResultSetHeader>(
      'INSERT INTO tasks (title) VALUES (?)',
      [title],
    );
    return { id: insertId, title };
  }

  private poolOf({ tenant }: TenantRequest) {
    if (tenant === undefined) throw new Error('TenantReadyGuard has not seen this request.');
    return this.databases.of(tenant);
  }
}
