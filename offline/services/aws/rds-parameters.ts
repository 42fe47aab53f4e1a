/**
 * Parameters of a parameter group for PostgreSQL: those of PostgreSQL itself, up to 18, those of RDS, and those of the extensions
 * that RDS loads. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html,
 * https://github.com/postgres/postgres/blob/master/src/backend/utils/misc/postgresql.conf.sample
 */

/** Take effect at a restart only. */
const STATIC = words(`
  autovacuum_freeze_max_age autovacuum_max_workers autovacuum_multixact_freeze_max_age autovacuum_worker_slots
  huge_pages io_max_combine_limit io_max_concurrency io_method logging_collector max_active_replication_origins
  max_connections max_files_per_process max_locks_per_transaction max_logical_replication_workers
  max_notify_queue_pages max_pred_locks_per_transaction max_prepared_transactions max_replication_slots
  max_wal_senders max_worker_processes min_dynamic_shared_memory rds.logical_replication
  rds.restrict_password_commands reserved_connections shared_buffers shared_preload_libraries ssl
  superuser_reserved_connections temp_file_limit track_activity_query_size track_commit_timestamp wal_buffers
  wal_decode_buffer_size commit_timestamp_buffers multixact_member_buffers multixact_offset_buffers notify_buffers
  serializable_buffers subtransaction_buffers transaction_buffers`);

/** Set by RDS alone: `wal_level` follows from `rds.logical_replication`. https://github.com/debezium/debezium.github.io/pull/272 */
const FIXED = words(`
  archive_command archive_mode archive_timeout data_directory hba_file hot_standby ident_file listen_addresses
  log_directory port primary_conninfo restore_command unix_socket_directories wal_level`);

const DYNAMIC = words(`
  application_name array_nulls authentication_timeout autovacuum autovacuum_analyze_scale_factor
  autovacuum_analyze_threshold autovacuum_naptime autovacuum_vacuum_cost_delay autovacuum_vacuum_cost_limit
  autovacuum_vacuum_insert_scale_factor autovacuum_vacuum_insert_threshold autovacuum_vacuum_max_threshold
  autovacuum_vacuum_scale_factor autovacuum_vacuum_threshold autovacuum_work_mem backend_flush_after backslash_quote
  bgwriter_delay bgwriter_flush_after bgwriter_lru_maxpages bgwriter_lru_multiplier bytea_output
  check_function_bodies checkpoint_completion_target checkpoint_flush_after checkpoint_timeout checkpoint_warning
  client_connection_check_interval client_encoding client_min_messages commit_delay commit_siblings
  compute_query_id constraint_exclusion cpu_index_tuple_cost cpu_operator_cost cpu_tuple_cost createrole_self_grant
  cursor_tuple_fraction datestyle deadlock_timeout debug_pretty_print debug_print_parse debug_print_plan
  debug_print_rewritten default_statistics_target default_table_access_method default_tablespace
  default_text_search_config default_toast_compression default_transaction_deferrable default_transaction_isolation
  default_transaction_read_only effective_cache_size effective_io_concurrency enable_async_append enable_bitmapscan
  enable_distinct_reordering enable_gathermerge enable_group_by_reordering enable_hashagg enable_hashjoin
  enable_incremental_sort enable_indexonlyscan enable_indexscan enable_material enable_memoize enable_mergejoin
  enable_nestloop enable_parallel_append enable_parallel_hash enable_partition_pruning
  enable_partitionwise_aggregate enable_partitionwise_join enable_presorted_aggregate enable_self_join_elimination
  enable_seqscan enable_sort enable_tidscan escape_string_warning event_triggers exit_on_error extra_float_digits
  file_copy_method force_parallel_mode from_collapse_limit fsync full_page_writes geqo geqo_effort geqo_generations
  geqo_pool_size geqo_seed geqo_selection_bias geqo_threshold gin_fuzzy_search_limit gin_pending_list_limit
  hash_mem_multiplier hot_standby_feedback icu_validation_level idle_in_transaction_session_timeout
  idle_replication_slot_timeout idle_session_timeout intervalstyle io_combine_limit io_workers jit jit_above_cost
  jit_inline_above_cost jit_optimize_above_cost join_collapse_limit lc_messages lc_monetary lc_numeric lc_time
  lo_compat_privileges lock_timeout log_autovacuum_min_duration log_checkpoints log_connections log_destination
  log_disconnections log_duration log_error_verbosity log_executor_stats log_file_mode log_filename log_hostname
  log_line_prefix log_lock_failures log_lock_waits log_min_duration_sample log_min_duration_statement
  log_min_error_statement log_min_messages log_parameter_max_length log_parameter_max_length_on_error
  log_parser_stats log_planner_stats log_recovery_conflict_waits log_replication_commands log_rotation_age
  log_rotation_size log_startup_progress_interval log_statement log_statement_sample_rate log_statement_stats
  log_temp_files log_timezone log_transaction_sample_rate log_truncate_on_rotation logical_decoding_work_mem
  maintenance_io_concurrency maintenance_work_mem max_parallel_apply_workers_per_subscription
  max_parallel_maintenance_workers max_parallel_workers max_parallel_workers_per_gather max_pred_locks_per_page
  max_pred_locks_per_relation max_slot_wal_keep_size max_stack_depth max_standby_archive_delay
  max_standby_streaming_delay max_sync_workers_per_subscription max_wal_size md5_password_warnings
  min_parallel_index_scan_size min_parallel_table_scan_size min_wal_size old_snapshot_threshold
  parallel_leader_participation parallel_setup_cost parallel_tuple_cost password_encryption plan_cache_mode
  quote_all_identifiers random_page_cost recovery_prefetch recursive_worktable_factor row_security
  scram_iterations search_path seq_page_cost session_preload_libraries session_replication_role ssl_ciphers
  ssl_groups ssl_max_protocol_version ssl_min_protocol_version ssl_prefer_server_ciphers
  standard_conforming_strings statement_timeout stats_fetch_consistency summarize_wal sync_replication_slots
  synchronize_seqscans synchronized_standby_slots synchronous_commit tcp_keepalives_count tcp_keepalives_idle
  tcp_keepalives_interval tcp_user_timeout temp_buffers temp_tablespaces timezone timezone_abbreviations
  track_activities track_cost_delay_timing track_counts track_functions track_io_timing track_wal_io_timing
  transaction_deferrable transaction_isolation transaction_read_only transaction_timeout transform_null_equals
  update_process_title vacuum_buffer_usage_limit vacuum_cost_delay vacuum_cost_limit vacuum_cost_page_dirty
  vacuum_cost_page_hit vacuum_cost_page_miss vacuum_defer_cleanup_age vacuum_failsafe_age vacuum_freeze_min_age
  vacuum_freeze_table_age vacuum_max_eager_freeze_failure_rate vacuum_multixact_failsafe_age
  vacuum_multixact_freeze_min_age vacuum_multixact_freeze_table_age vacuum_truncate wal_compression wal_keep_segments
  wal_keep_size wal_receiver_create_temp_slot wal_receiver_status_interval wal_receiver_timeout
  wal_retrieve_retry_interval wal_sender_timeout wal_skip_threshold wal_summary_keep_time wal_writer_delay
  wal_writer_flush_after work_mem xmlbinary xmloption
  rds.accepted_password_auth_method rds.adaptive_autovacuum rds.allowed_extensions rds.blue_green_replication_type
  rds.custom_dns_resolution rds.enable_pgactive rds.extensions rds.force_admin_logging_level
  rds.force_autovacuum_logging_level rds.force_ssl rds.log_retention_period rds.max_tcp_buffers
  rds.memory_allocation_guard rds.pg_stat_ramdisk_size rds.rds_superuser_reserved_connections
  rds.superuser_variables`);

/** Extensions with parameters of their own, which are taken by their form. */
const EXTENSIONS = words(`
  auto_explain cron orafce pg_bigm pg_hint_plan pg_partman_bgw pg_prewarm pg_similarity pg_stat_statements
  pg_transport pgaudit pglogical pgtle plpgsql plprofiler plrust postgis`);

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** How a change of a parameter is applied; `fixed`: nobody changes it; undefined: there is no such parameter. */
export function postgresParameter(name: string): "static" | "dynamic" | "fixed" | undefined {
  if (STATIC.has(name)) return "static";
  if (FIXED.has(name)) return "fixed";
  const [, extension = ""] = /^([a-z_]+)\.[a-z_.]+$/.exec(name) ?? [];
  return DYNAMIC.has(name) || EXTENSIONS.has(extension) ? "dynamic" : undefined;
}
