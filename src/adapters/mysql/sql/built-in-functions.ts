/** The families of servers. A function that is built into only one of them may be a stored function on the other. */
export type SqlFlavour = 'mysql' | 'mariadb';

/**
 * Built-in functions of every supported version of both servers (MySQL 8.0, MariaDB 10.6 and later)
 * that change nothing outside of the session. Sources: MySQL "Built-In Function and Operator Reference",
 * MariaDB "Built-in Functions" and `information_schema.SQL_FUNCTIONS`. A test calls each on the servers.
 *
 * Functions that are not listed here, including newer ones, count as unknown: an older server may have a
 * stored function with that name.
 */
const ON_BOTH = words(`
abs acos adddate addtime aes_decrypt aes_encrypt ascii asin atan atan2 avg benchmark bin binary bit_and
bit_count bit_length bit_or bit_xor cast ceil ceiling char character_length char_length charset coalesce
coercibility collation compress concat concat_ws connection_id conv convert convert_tz cos cot count
crc32 cume_dist curdate current_date current_role current_time current_timestamp current_user curtime
database date datediff date_add date_format date_sub day dayname dayofmonth dayofweek dayofyear default
degrees dense_rank elt exp export_set extract extractvalue field find_in_set first_value floor format
found_rows from_base64 from_days from_unixtime get_format get_lock greatest group_concat hex hour if
ifnull inet6_aton inet6_ntoa inet_aton inet_ntoa insert instr interval is_free_lock is_ipv4
is_ipv4_compat is_ipv4_mapped is_ipv6 is_used_lock isnull json_array json_arrayagg json_array_append
json_array_insert json_contains json_contains_path json_depth json_extract json_insert json_keys
json_length json_merge json_merge_patch json_merge_preserve json_object json_objectagg json_pretty
json_quote json_remove json_replace json_search json_set json_type json_unquote json_valid json_value
lag last_day last_insert_id last_value lcase lead least left length ln load_file localtime
localtimestamp locate log log10 log2 lower lpad ltrim make_set makedate maketime master_pos_wait match
max mbrcontains mbrdisjoint mbrequals mbrintersects mbroverlaps mbrtouches mbrwithin microsecond mid min
minute mod month monthname name_const now nth_value ntile nullif oct octet_length ord percent_rank
period_add period_diff pi position pow power quarter quote radians rand rank regexp_instr regexp_replace
regexp_substr release_all_locks release_lock repeat replace reverse right round row_count row_number
rpad rtrim schema sec_to_time second session_user sha2 sign sin sleep soundex space sqrt st_area
st_asbinary st_asgeojson st_astext st_buffer st_centroid st_contains st_convexhull st_crosses
st_difference st_dimension st_disjoint st_distance st_distance_sphere st_endpoint st_envelope st_equals
st_exteriorring st_geomcollfromtext st_geomcollfromwkb st_geometryn st_geometrytype st_geomfromgeojson
st_geomfromtext st_geomfromwkb st_interiorringn st_intersection st_intersects st_isclosed st_isempty
st_issimple st_length st_linefromtext st_linefromwkb st_mlinefromtext st_mlinefromwkb st_mpointfromtext
st_mpointfromwkb st_mpolyfromtext st_mpolyfromwkb st_numgeometries st_numinteriorrings st_numpoints
st_overlaps st_pointfromtext st_pointfromwkb st_pointn st_polyfromtext st_polyfromwkb st_srid
st_startpoint st_symdifference st_touches st_union st_within st_x st_y std stddev stddev_pop stddev_samp
str_to_date strcmp subdate substr substring substring_index subtime sum sysdate system_user tan time
time_format time_to_sec timediff timestamp timestampadd timestampdiff to_base64 to_days to_seconds trim
truncate ucase uncompress uncompressed_length unhex unix_timestamp updatexml upper user utc_date
utc_time utc_timestamp uuid uuid_short values var_pop var_samp variance version week weekday weekofyear
weight_string year yearweek
`);

/**
 * Functions of MySQL 8.0 and later that MariaDB 10.6 lacks, or that a stored function can shadow there
 * (POINT and the like with other arguments). MD5 and SHA1 are not built in since MySQL 9.6.
 */
const ON_MYSQL = words(`
any_value bin_to_uuid format_bytes format_pico_time geometrycollection grouping gtid_subset
gtid_subtract icu_version is_uuid json_overlaps json_schema_valid json_schema_validation_report
json_storage_free json_storage_size linestring mbrcoveredby mbrcovers multilinestring multipoint
multipolygon point polygon ps_current_thread_id ps_thread_id random_bytes regexp_like st_geohash
st_isvalid st_latfromgeohash st_latitude st_longfromgeohash st_longitude st_makeenvelope
st_pointfromgeohash st_simplify st_swapxy st_transform st_validate statement_digest
statement_digest_text uuid_to_bin validate_password_strength
`);

/** Functions of MariaDB 10.6 and later that MySQL lacks. */
const ON_MARIADB = words(`
add_months chr column_check column_exists column_json column_list decode des_decrypt des_encrypt encode
encrypt json_compact json_detailed json_exists json_loose json_query lengthb md5 median nvl nvl2
old_password password sha sha1 sys_guid to_char
`);

/** Whether this function (in lower case) is built into servers of this family; without a family, into both. */
export function isBuiltIn(name: string, flavour?: SqlFlavour): boolean {
  if (ON_BOTH.has(name)) return true;
  if (flavour === 'mysql') return ON_MYSQL.has(name);
  return flavour === 'mariadb' && ON_MARIADB.has(name);
}

/** All listed functions of this family. */
export function builtInFunctions(flavour: SqlFlavour): string[] {
  return [...ON_BOTH, ...(flavour === 'mysql' ? ON_MYSQL : ON_MARIADB)].sort();
}

/**
 * Names that are built-in functions only without a space before the bracket, unless IGNORE_SPACE is set
 * (MySQL "Function Name Parsing and Resolution"; MariaDB adds the window functions and POINT).
 */
export const NEEDS_BRACKET_AT_ONCE: ReadonlySet<string> = words(`
adddate bit_and bit_or bit_xor cast count cume_dist curdate curtime date_add date_sub dense_rank extract
first_value group_concat json_arrayagg json_objectagg lag lead max median mid min now nth_value ntile
percent_rank point position rank session_user std stddev stddev_pop stddev_samp subdate substr substring
sum sysdate system_user trim var_pop var_samp variance
`);

/** Functions and words whose value differs with each execution or session. */
export const VOLATILE: ReadonlySet<string> = words(`
connection_id curdate current_date current_time current_timestamp curtime is_free_lock is_used_lock
load_file localtime localtimestamp master_pos_wait now ps_current_thread_id ps_thread_id rand
random_bytes sys_guid sysdate unix_timestamp utc_date utc_time utc_timestamp uuid uuid_short
`);

/** Volatile words that need no brackets. */
export const VOLATILE_WORDS: ReadonlySet<string> = words(`
current_date current_time current_timestamp localtime localtimestamp sysdate utc_date utc_time
utc_timestamp
`);

/** Functions that take or release advisory locks. */
export const LOCK_FUNCTIONS: ReadonlySet<string> = words('get_lock release_lock release_all_locks');

/** MariaDB's sequence functions, whose effect a rollback does not undo. */
export const SEQUENCE_FUNCTIONS: ReadonlySet<string> = words('nextval lastval setval');

/**
 * Words that may precede a bracket without being a call: a stored function with such a name can only be
 * called in quotes. A test creates functions with these names and tries.
 */
export const NEVER_CALLED: ReadonlySet<string> = words(`
all and any as asc between bigint blob both by case change char check collate column condition constraint
create cross decimal delete desc describe distinct div double drop else exists explain float for force
foreign from fulltext grant group having ignore in index inner int integer into is join key keys kill
leading left like limit lock longblob longtext mediumint mediumtext natural not numeric on or order outer
partition precision primary range read references return rlike row select set show
smallint some straight_join table then tinyint to trailing union unique update usage use using value varbinary
varchar when where while with xor
`);

function words(text: string): Set<string> {
  return new Set(text.trim().split(/\s+/));
}
