// Generated from openapi.yaml by npm run generate. Do not edit.
import type { Bound, OtherString, SlotValue, SlotValues } from "./values.js";

export interface paths {
    "/procedures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List procedures
         * @description Lists procedures ordered by id. Each entry shows the latest version, without its steps, in the language of its
         *     definition.
         */
        get: operations["listProcedures"];
        put?: never;
        /**
         * Create a procedure
         * @description Checks a definition and stores it as version 1. If the definition is invalid, the response lists the findings
         *     (422). If a procedure with this id exists and its latest version is identical, nothing changes and `warnings`
         *     says so (200); if it differs, the request is a conflict (409). If `id` is omitted, one is generated from the
         *     name.
         */
        post: operations["createProcedure"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/procedures/lint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a definition without saving it
         * @description Checks a definition and returns its findings and warnings, and its graph if it is valid. The response is 200
         *     even if there are findings. Nothing is stored.
         */
        post: operations["lintProcedure"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/procedures/simulate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try out a procedure without starting a run
         * @description Simulates a run of a definition, or of a version of a stored procedure, with the given answers. Returns the path
         *     that the run takes and every condition that was evaluated, with its result and the values that it read. Nothing
         *     is stored. Each answer applies to one visit of its step, in the order given. Visits without an answer and
         *     missing values are left empty. If the simulation stops before the run completes, the response is still 200 and
         *     `problem` gives the reason.
         */
        post: operations["simulateProcedure"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/procedures/{procedure_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The procedure's id.
                 * @example branch-network-recovery
                 */
                procedure_id: components["parameters"]["ProcedureID"];
            };
            cookie?: never;
        };
        /**
         * Get a procedure
         * @description Returns the latest version in its source language; translations are included but not applied.
         */
        get: operations["getProcedure"];
        /**
         * Publish a new version of a procedure
         * @description Checks a definition and stores it as the next version. If it is identical to the latest version, nothing changes
         *     and `warnings` says so. Existing runs keep the version that they started with. `If-Match` must carry the current
         *     ETag of the procedure: 428 if it is missing, 412 if the procedure has changed. The body may be an edited copy of
         *     the response to GET.
         */
        put: operations["publishProcedure"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/procedures/{procedure_id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The procedure's id.
                 * @example branch-network-recovery
                 */
                procedure_id: components["parameters"]["ProcedureID"];
            };
            cookie?: never;
        };
        /**
         * List the versions of a procedure
         * @description Lists all published versions, newest first.
         */
        get: operations["listProcedureVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/procedures/{procedure_id}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The procedure's id.
                 * @example branch-network-recovery
                 */
                procedure_id: components["parameters"]["ProcedureID"];
                /**
                 * @description The version number.
                 * @example 1
                 */
                version: components["parameters"]["Version"];
            };
            cookie?: never;
        };
        /**
         * Get a version of a procedure
         * @description Returns one version as it was published. The definition is immutable and may be cached indefinitely; `status` is
         *     the status of the procedure at the time of the response.
         */
        get: operations["getProcedureVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/procedures/{procedure_id}/versions/{version}/graph": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The procedure's id.
                 * @example branch-network-recovery
                 */
                procedure_id: components["parameters"]["ProcedureID"];
                /**
                 * @description The version number.
                 * @example 1
                 */
                version: components["parameters"]["Version"];
            };
            cookie?: never;
        };
        /**
         * Get the graph of a version
         * @description Returns the steps of a version and everything that leads from a step to another or to the end: transitions, the
         *     next step in order, and the way past a step whose own condition does not hold. Loops are edges with `back`. With
         *     `Accept: text/vnd.mermaid` the response is a Mermaid flowchart. The graph of a version never changes and may be
         *     cached indefinitely.
         */
        get: operations["getProcedureGraph"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/procedures/{procedure_id}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The procedure's id.
                 * @example branch-network-recovery
                 */
                procedure_id: components["parameters"]["ProcedureID"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Archive a procedure, so that no run can be started
         * @description Archives a procedure: it accepts no new runs and no new versions. Existing runs continue. Archiving an archived
         *     procedure has no effect.
         */
        post: operations["archiveProcedure"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/procedures/{procedure_id}/unarchive": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The procedure's id.
                 * @example branch-network-recovery
                 */
                procedure_id: components["parameters"]["ProcedureID"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an archived procedure active again
         * @description Makes an archived procedure active: it accepts new runs and new versions again. Unarchiving an active procedure
         *     has no effect.
         */
        post: operations["unarchiveProcedure"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List runs
         * @description Lists runs, newest first, without their steps. A run must match all the given filters.
         */
        get: operations["listRuns"];
        put?: never;
        /**
         * Start a run
         * @description Starts a run of the latest version of a procedure, or of the version given, and opens its first step. The
         *     version of a run never changes. An unknown procedure or version is a 404; an archived procedure is a 409.
         */
        post: operations["startRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
            };
            cookie?: never;
        };
        /**
         * Get a run
         * @description Returns the current state of a run or, with `at`, its state after that event. An event that the run does not
         *     have is a 404 `run.event_not_found`. Each step shows its current visit; the open step shows its draft. Texts
         *     follow `Accept-Language` where the procedure has a translation.
         */
        get: operations["getRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/steps/{step_key}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
                /**
                 * @description The step's key.
                 * @example trigger
                 */
                step_key: components["parameters"]["StepKey"];
            };
            cookie?: never;
        };
        /**
         * Get a step as a form
         * @description Returns a step with all that a form for it needs: each slot and item that applies now with its definition in the
         *     reader's language, whether it is needed, its draft or value, and why what does not apply does not. A sensitive
         *     value is never shown. Any step of the run can be read, in whatever state: for a step that is not reached,
         *     conditions on values that are still missing are undecided.
         *
         *     The ETag is that of the run. If the step has bounds relative to the present, it also depends on what they are
         *     now, which `min_now` and `max_now` show.
         */
        get: operations["getRunStep"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Save a draft of the open step
         * @description Saves values and ticks of the open step. Each is checked by itself; nothing is required yet. `null` clears a
         *     value. The first draft starts the run.
         */
        patch: operations["saveDraft"];
        trace?: never;
    };
    "/runs/{run_id}/steps/{step_key}/check": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
                /**
                 * @description The step's key.
                 * @example trigger
                 */
                step_key: components["parameters"]["StepKey"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a commit without making it
         * @description Takes the body of a commit and says what the commit would lead to: whether it would be accepted, its issues,
         *     what is missing, and where the run would go. Bad data is no error here: the response is 200 with `committable:
         *     false`. Nothing is stored, not even a refusal, and an `Idempotency-Key` is ignored.
         *
         *     A commit that would be refused whatever its data is refused here in the same way: for a step that is unknown
         *     (404), or because the step or the visit is not open or the run is final (409). So is the repeat of a commit with
         *     a value for a sensitive slot: a check never says whether that value is the same.
         *
         *     An assistant or a program may check a step with `agents: draft`, which it must not commit: the response says what
         *     would happen if it might, because a person commits later. With `agents: none` the check is a 403 `step.agent`.
         */
        post: operations["checkStep"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/steps/{step_key}/commit": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
                /**
                 * @description The step's key.
                 * @example trigger
                 */
                step_key: components["parameters"]["StepKey"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Commit the open step
         * @description Merges the body into the draft, checks the step as a whole and commits it. The next step opens, or the run
         *     completes. If any check fails, nothing is stored. Committing a committed step again succeeds if it changes
         *     nothing; otherwise it is a 409. If the body has a value for a sensitive slot, only the actor who has committed
         *     the step may repeat the commit: to others, the answer does not say whether the value is the same. An empty body
         *     commits the draft as it is.
         */
        post: operations["commitStep"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/steps/{step_key}/amend": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
                /**
                 * @description The step's key.
                 * @example trigger
                 */
                step_key: components["parameters"]["StepKey"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Correct a committed step
         * @description Corrects the current visit of a committed step, with a reason. The original values stay in the trail. The state
         *     and the path of the run do not change.
         *
         *     The amended content is checked as a commit of the step would be: conditions are evaluated again. A required slot
         *     or item that applies now must be given in the same request. The value of a slot that no longer applies is
         *     dropped. If the run would take another path with the new values, it shows `diverged: true`, and its exceptions
         *     name the conditions.
         */
        post: operations["amendStep"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/steps/{step_key}/skip": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
                /**
                 * @description The step's key.
                 * @example trigger
                 */
                step_key: components["parameters"]["StepKey"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Skip the open step
         * @description Skips the open step, with a reason. The step must be `skippable` in its definition; otherwise the request is a
         *     409 `step.not_skippable`. The step's draft is discarded. The next step is chosen as after a commit, but without
         *     values of the skipped step.
         */
        post: operations["skipStep"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/fail": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a run as failed, or cancel it
         * @description Ends a run as failed, with a reason. Use this to cancel a run too.
         */
        post: operations["failRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/steps/{step_key}/slots/{slot_name}/reveal": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
                /**
                 * @description The step's key.
                 * @example trigger
                 */
                step_key: components["parameters"]["StepKey"];
                /**
                 * @description The name of a slot of the step.
                 * @example affected_iban
                 */
                slot_name: components["parameters"]["SlotName"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reveal a sensitive value
         * @description Returns the plain value of a sensitive slot, after the event `slot.revealed` with the reason has been recorded.
         *     The run's revision does not change. Each request reveals and is recorded anew, so it takes no Idempotency-Key. A
         *     slot that is not sensitive is a 409 `slot.not_sensitive`; one without a value, or whose value was erased, is a 409
         *     `slot.no_value`.
         */
        post: operations["revealSlot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/erasures": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erase personal data from a run
         * @description Erases values of slots and other texts of a run, with all their copies in its trail, for good. The commitments
         *     to them stay in the trail, so that it still verifies, and an event names the places. A final run can be erased
         *     from too. A place where there is nothing to erase is a 422 with the issue `validation.nothing_to_erase`; what
         *     was erased before is left as it is.
         *
         *     Events that a release before this form of the trail has recorded keep their texts. Sinks have received the
         *     texts, and receive the event of the erasure. If the run could not be removed from a shared cache, the response
         *     has the warning `erasure.cache`; if the files of the database still hold the texts, `erasure.files`.
         */
        post: operations["eraseContent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
            };
            cookie?: never;
        };
        /**
         * List the events of a run
         * @description Lists the events of a run, oldest first. Each event carries the exact bytes that were hashed (`canonical`) and
         *     the hash of the event before it. `/runs/{run_id}/events/stream` follows them live.
         */
        get: operations["listRunEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
            };
            cookie?: never;
        };
        /**
         * Follow a run's events
         * @description A live stream of server-sent events, whose ids are the events' `seq` and whose `data` is an `Event`. It starts
         *     after `Last-Event-ID` (or the cursor of a page of events) and includes new events from any replica. While there
         *     are no events, the server sends a comment every 15 seconds. A client that was disconnected resumes with the id
         *     of the last event it received. If the run does not have that event, because its database was restored from a
         *     backup, the answer is a 404 `run.event_not_found`: the client then begins anew. A client that reads too slowly is
         *     disconnected. A process serves 1,000 streams at once; further ones are answered 503.
         */
        get: operations["streamRunEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/verification": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
            };
            cookie?: never;
        };
        /**
         * Verify a run
         * @description Verifies the run as `procedo audit verify` does: the hashes and the order of its events, the rows that follow
         *     from them, and the signed checkpoints that cover it. The response also says which events no signature covers.
         *     What only the database as a whole can show, such as the removal of the whole run, is for `procedo audit verify`
         *     to find; so is a comparison with checkpoints and keys that were kept elsewhere. Verification reads the whole
         *     trail. At most two runs are verified at once in a process; a request that waits longer than 10 seconds for its
         *     turn is answered 503.
         */
        get: operations["getRunVerification"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/exceptions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
            };
            cookie?: never;
        };
        /**
         * List what a reviewer of a run should see
         * @description Lists the events of a run that a reviewer should see, oldest first: refusals, amendments, skips, repeated
         *     visits, commits with values that were not entered by hand, and erasures. A page also ends after 32 MiB of other
         *     events. It may then have no items, and `next_cursor` leads on.
         */
        get: operations["listRunExceptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the events of all runs and procedures
         * @description Lists the events of all runs and procedures, newest first; events of the same entity are ordered by `seq`. An
         *     event must match all the given filters. An event that is written while a client reads the pages may belong on a
         *     page that the client has already read. To read every event, list the events of each run or use an export.
         */
        get: operations["listAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{run_id}/bundle": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
            };
            cookie?: never;
        };
        /**
         * Download the evidence of a run
         * @description Returns the definition and the complete trail of a run. `procedo audit verify FILE` checks the bundle without
         *     the service. With `withhold`, the bundle does not show the selected texts; it still verifies. If events of an
         *     earlier release show such a text, the response is a 409 `run.older_events`: nothing can be removed from them.
         *
         *     The bundle ends with the last event that the run had when it was asked for. It is sent in chunks of 64 KiB; a
         *     client that takes more than 30 seconds for one of them is disconnected. If the bundle cannot be completed, the
         *     connection is aborted, so that a part of a bundle is never taken for the whole.
         */
        get: operations["getRunBundle"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get who the caller is
         * @description Returns the caller as the trail would record them, with their roles and what these permit.
         */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/oauth-protected-resource": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get where tokens come from
         * @description Returns the metadata of this service as a protected resource (RFC 9728), which says whose tokens it accepts. A
         *     server that does not authenticate its callers answers 404.
         */
        get: operations["readResourceMetadata"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask whether the process is running
         * @description Returns 200 while the process is running. The database is not checked.
         */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask whether the service can answer requests
         * @description Returns 200 if the database can be used, otherwise 503 within 2 seconds. The problem document says whether the
         *     database does not answer (`service.unavailable`), has not the schema of this release
         *     (`service.database_schema`), accepts no writes (`service.database_read_only`), has no space left on its disk
         *     (`service.database_full`) or is damaged (`service.database_damaged`); for PostgreSQL, whether a right is missing
         *     (`service.database_denied`) or the database does not exist (`service.database_missing`); for SQLite, whether a
         *     file was moved, replaced or deleted (`service.database_moved`) or cannot be used
         *     (`service.database_unreadable`). The answer holds a warning if the system clock is behind the newest checkpoint.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get metrics for Prometheus
         * @description Returns metrics in the Prometheus text format, version 0.0.4: request durations by operation and status, commits
         *     by outcome, issues by code, and the memory, goroutines and open files of the process. Label values come from
         *     closed sets and never contain an id, an actor or a submitted value.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.yaml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get this document as YAML
         * @description Returns this document unchanged.
         */
        get: operations["getContractYAML"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get this document as JSON
         * @description Returns this document converted to JSON. The members are in the order of the document.
         */
        get: operations["getContractJSON"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi-3.0.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get this document in OpenAPI 3.0
         * @description Returns this document converted to OpenAPI 3.0.3, for tools that do not read 3.1. It describes the same
         *     operations and bodies. What OpenAPI 3.0 cannot express, such as webhooks, is left out.
         */
        get: operations["getContract30JSON"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schemas/{schema_name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the JSON Schema of a definition format
         * @description Returns a JSON Schema (draft 2020-12) of definition documents, for use in editors:
         *     `json_schema_procedure_v2.json`, or `json_schema_procedure_v1.json` and `json_schema_procedure_v0.1.json` for
         *     the older formats. A document that does not match its schema is refused when it is saved. The description of
         *     each schema lists the further rules that JSON Schema cannot express.
         */
        get: operations["getSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schemas/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the JSON Schemas
         * @description Lists the JSON Schemas of definition documents, the newest format first. Browsers get a page, other clients JSON,
         *     as `Accept` says.
         */
        get: operations["listSchemas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the problems and issues
         * @description Lists the types of all problems with which this service answers, by code, and the codes of all issues with their
         *     messages. Browsers get a page, other clients JSON, as `Accept` says.
         */
        get: operations["listProblemTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/{problem_type}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Explain a problem
         * @description Explains a type of problem: what it means and what to do. The `type` of a problem is its address here. Browsers get
         *     a page, other clients JSON, as `Accept` says.
         */
        get: operations["getProblemType"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find the way around
         * @description Returns the name and version of the service and the addresses of its main parts. Browsers are sent to the
         *     console at `/ui/`, or to the API reference at `/docs/` if the server does not offer the console, because it
         *     authenticates its callers or was started with `--console=false`. With `--docs=false` as well, they get a page.
         */
        get: operations["getHome"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    auditEvent: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An event was recorded
         * @description Sent to each audit sink with an http or https address, for every event of every run and procedure. The events of
         *     one run or procedure arrive in order, the next one after a response of 2xx to the one before. Delivery is at
         *     least once: a receiver recognises a repeated event by the header webhook-id. Requests are signed according to
         *     Standard Webhooks.
         */
        post: operations["deliverEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    checkpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A checkpoint was signed
         * @description Sent to each audit sink with an http or https address, for every checkpoint. The headers, the signature and the
         *     repetition are those of an event.
         */
        post: operations["deliverCheckpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        /**
         * @description The status of a procedure. An `archived` procedure accepts no new runs and no new versions. The set is open.
         * @example active
         */
        ProcedureStatus: "active" | "archived" | OtherString;
        /**
         * @description A status of procedures to list.
         * @example active
         * @enum {string}
         */
        ProcedureStatusFilter: "active" | "archived";
        /**
         * @description The state of a run. `completed` and `failed` are final. The set is open.
         * @example in_progress
         */
        RunState: "pending" | "in_progress" | "completed" | "failed" | OtherString;
        /**
         * @description A state of runs to list.
         * @example in_progress
         * @enum {string}
         */
        RunStateFilter: "pending" | "in_progress" | "completed" | "failed";
        /**
         * @description The state of a step. Until the run is completed or failed, exactly one step is open.
         * @example committed
         */
        StepState: "locked" | "open" | "committed" | "skipped" | "not_applicable" | OtherString;
        /**
         * @description The source of a value. The set is open.
         * @example manual
         */
        Origin: "manual" | "agent" | "device" | "import" | OtherString;
        /**
         * @description The source of a value; `manual` if it is null.
         * @example manual
         * @enum {string|null}
         */
        OriginInput: "manual" | "agent" | "device" | "import" | null;
        /**
         * @description What happened. The set is open.
         * @example run.created
         */
        Action: "run.created" | "run.started" | "run.completed" | "run.failed" | "run.action_refused" | "step.opened" | "step.draft_saved" | "step.draft_refused" | "step.committed" | "step.commit_refused" | "step.amended" | "step.skipped" | "step.not_applicable" | "run.content_erased" | "slot.revealed" | "step.value_erased" | "procedure.created" | "procedure.version_published" | "procedure.archived" | "procedure.unarchived" | OtherString;
        /**
         * @description The value that a form suggests. It must be valid for the slot. With `Prefer: numbers=string`, a number is a
         *     decimal string in responses, and may be one in requests.
         * @example high
         */
        Value: SlotValue;
        /**
         * @description The value that a form suggests. It must be valid for the slot.
         * @example high
         */
        ValueInput: SlotValue;
        /**
         * @description Free-form data for the client's own use. Numbers must survive conversion to an IEEE 754 double and back.
         * @example {
         *       "team": "network",
         *       "region": "west"
         *     }
         */
        Metadata: {
            [key: string]: unknown;
        };
        /**
         * @description Free-form data for the client's own use. Numbers must survive conversion to an IEEE 754 double and back.
         * @example {
         *       "team": "network",
         *       "region": "west"
         *     }
         */
        MetadataInput: {
            [key: string]: unknown;
        } | null;
        /**
         * @description The metadata of the run; null if they were erased.
         * @example {
         *       "team": "network",
         *       "region": "west"
         *     }
         */
        RunMetadata: {
            [key: string]: unknown;
        } | null;
        /**
         * @description A bound of the type of the slot: a number for `integer` and `number`, a string for `date`, `datetime` and
         *     `time`. A bound of a `date` may be relative to the day of the act in the procedure's time zone: `today`,
         *     `today+P30D`, `today-P18Y`. One of a `datetime` may be relative to the time of the act: `now`, `now+PT4H`. Years
         *     and months are added first; a day beyond the end of the month becomes its last day.
         * @example 10
         */
        Bound: Bound;
        /**
         * @description A bound of the type of the slot: a number for `integer` and `number`, a string for `date`, `datetime` and
         *     `time`. A bound of a `date` may be relative to the day of the act in the procedure's time zone: `today`,
         *     `today+P30D`, `today-P18Y`. One of a `datetime` may be relative to the time of the act: `now`, `now+PT4H`. Years
         *     and months are added first; a day beyond the end of the month becomes its last day. With
         *     `Prefer: numbers=string`, a number is a decimal string in responses, and may be one in requests.
         * @example 10
         */
        BoundInput: Bound;
        /** @description The texts of a procedure in one language. */
        Heading: {
            /**
             * @description The name.
             * @example Branch network recovery
             */
            name?: string | null;
            /**
             * @description The description.
             * @example What to do when a branch loses its network.
             */
            description?: string | null;
        };
        /** @description The texts of a step in one language. */
        StepTexts: {
            /**
             * @description The title.
             * @example Diagnosis
             */
            title?: string | null;
            /**
             * @description The instructions for the operator.
             * @example Find out which device is down.
             */
            prompt?: string | null;
        };
        /** @description The texts of a slot in one language. */
        SlotTexts: {
            /**
             * @description The label.
             * @example Severity
             */
            label?: string | null;
            /**
             * @description A hint on what to enter.
             * @example How bad it is.
             */
            description?: string | null;
            /**
             * @description The text of each option, by option.
             * @example {
             *       "high": "High"
             *     }
             */
            options?: {
                [key: string]: string;
            } | null;
        };
        /** @description The texts of a checklist item in one language. */
        ItemTexts: {
            /**
             * @description The label.
             * @example Alert acknowledged
             */
            label?: string | null;
            /**
             * @description An explanation of the item.
             * @example The on-call has seen the alert.
             */
            description?: string | null;
        };
        /**
         * @description A definition in format 2. This schema declares only its structure. The service checks all other rules, including
         *     unknown members, and reports the findings together. The read-only members `version`, `status`, `digest`,
         *     `created_at` and `created_by` are accepted if they are unchanged; `warnings` and `warning_count` are ignored. A
         *     member that may be omitted may also be null.
         */
        ProcedureDocument: {
            /**
             * @description The format of the document: `2`, or an older format, `1` or `0.1`, which is converted. Detected if omitted.
             * @example 2
             */
            format?: string | null;
            /**
             * @description The id of the procedure: `[A-Za-z0-9][A-Za-z0-9_.-]{0,127}`. Generated from the name if omitted.
             * @example branch-network-recovery
             */
            id?: string | null;
            /**
             * @description The name of the procedure. Must not be blank.
             * @example Rétablissement réseau d’agence
             */
            name: string;
            /**
             * @description The purpose of the procedure.
             * @example À suivre quand une agence perd son réseau.
             */
            description?: string | null;
            /**
             * @description The language of the texts in the document (BCP 47).
             * @example fr
             */
            language?: string | null;
            /**
             * @description The time zone in which `today`, in relative bounds, is a day: an IANA name such as `Europe/Zurich`. `UTC` if
             *     omitted.
             * @example Europe/Zurich
             */
            time_zone?: string | null;
            metadata?: components["schemas"]["MetadataInput"];
            /**
             * @description The maximum number of visits to a step in one run; 20 if omitted.
             * @example 20
             */
            max_visits?: number | null;
            /**
             * @description The steps. At least one is required.
             * @example [
             *       {
             *         "key": "diagnosis",
             *         "title": "Diagnostic"
             *       }
             *     ]
             */
            steps: components["schemas"]["StepDocument"][];
            /**
             * @description The texts in other languages, by BCP 47 language tag.
             * @example {
             *       "en": {
             *         "name": "Branch network recovery"
             *       }
             *     }
             */
            translations?: {
                [key: string]: components["schemas"]["Heading"];
            } | null;
            /**
             * @description Read-only: the version number.
             * @example 3
             */
            version?: number | null;
            /**
             * @description Read-only: the status of the procedure.
             * @example active
             */
            status?: string | null;
            /**
             * @description Read-only: the SHA-256 of the canonical form.
             * @example sha256:f76b2d09ccd3e5449ee423c1d85d619abf42a63648fbf723b86e4c60cf326e9e
             */
            digest?: string | null;
            /**
             * @description Read-only: the time at which the version was published.
             * @example 2026-11-23T09:30:00.000000Z
             */
            created_at?: string | null;
            /**
             * @description Read-only: the actor who published the version.
             * @example claire.martin
             */
            created_by?: string | null;
            /**
             * @description Read-only: warnings from saving the definition.
             * @example [
             *       {
             *         "field": "",
             *         "code": "definition.unchanged",
             *         "params": {
             *           "version": 1
             *         },
             *         "message": "Identical to version 1: nothing was changed."
             *       }
             *     ]
             */
            warnings?: components["schemas"]["Issue"][] | null;
            /**
             * @description Read-only: the number of all warnings.
             * @example 1
             */
            warning_count?: number | null;
        };
        /** @description One step of a definition. */
        StepDocument: {
            /**
             * @description The key of the step, unique in the procedure. `end`, `run.metadata` and keys such as `run.metadata.x` are
             *     reserved.
             * @example diagnosis
             */
            key: string;
            /**
             * @description The title of the step. Must not be blank.
             * @example Diagnostic
             */
            title: string;
            /**
             * @description The instructions for the operator.
             * @example Identifiez l’équipement en panne.
             */
            prompt?: string | null;
            /**
             * @description The position among the steps. If omitted, the order in the document counts.
             * @example 2
             */
            position?: number | null;
            metadata?: components["schemas"]["MetadataInput"];
            /**
             * @description The values that the step collects.
             * @example [
             *       {
             *         "name": "cause",
             *         "type": "text"
             *       }
             *     ]
             */
            slots?: components["schemas"]["SlotDocument"][] | null;
            /**
             * @description The items that the operator confirms.
             * @example [
             *       {
             *         "key": "acknowledged",
             *         "label": "Alerte acquittée"
             *       }
             *     ]
             */
            checklist_items?: components["schemas"]["ChecklistItemDocument"][] | null;
            /**
             * @description A CEL expression that decides whether the step applies. A step that does not apply is not visited.
             * @example trigger.severity == 'high'
             */
            when?: string | null;
            /**
             * @description The possible next steps. The first transition whose condition is true is taken; if there is none, the next
             *     step in order follows.
             * @example [
             *       {
             *         "when": "!confirmed",
             *         "to": "trigger"
             *       }
             *     ]
             */
            transitions?: components["schemas"]["TransitionDocument"][] | null;
            /**
             * @description Whether the step may be skipped with a reason.
             * @example false
             */
            skippable?: boolean | null;
            /**
             * @description Assertions over values that a commit must satisfy.
             * @example [
             *       {
             *         "key": "in_order",
             *         "assert": "end_date >= start_date",
             *         "message": "The end is before the start."
             *       }
             *     ]
             */
            rules?: components["schemas"]["RuleDocument"][] | null;
            /**
             * @description What a later visit of the step begins with: nothing (`blank`, the default), or the values of the last visit
             *     as its draft (`keep`). Ticks are never kept.
             * @example keep
             */
            on_return?: "blank" | "keep" | OtherString;
            /**
             * @description What an assistant or a program may do with the step: everything that a person with the same role may
             *     (`commit`, the default); save drafts and check a commit (`draft`); or only read (`none`). A person is never
             *     restricted.
             * @example draft
             */
            agents?: "commit" | "draft" | "none" | OtherString;
            /**
             * @description The texts in other languages, by BCP 47 language tag.
             * @example {
             *       "en": {
             *         "title": "Diagnosis"
             *       }
             *     }
             */
            translations?: {
                [key: string]: components["schemas"]["StepTexts"];
            } | null;
        };
        /**
         * @description An assertion over values of the step and of the steps before it, with the author's message. It also holds if it
         *     reads a value that is not given, unless `has()` or `.?` guards the read.
         */
        RuleDocument: {
            /**
             * @description The key of the rule, unique in the step.
             * @example in_order
             */
            key: string;
            /**
             * @description A CEL expression that is true if all is well.
             * @example end_date >= start_date
             */
            assert: string;
            /**
             * @description What people read if the rule does not hold.
             * @example The end is before the start.
             */
            message: string;
            /**
             * @description Names of slots of the step. The message is shown beside the first one.
             * @example [
             *       "end_date"
             *     ]
             */
            fields?: string[] | null;
            /**
             * @description The message in other languages, by BCP 47 language tag.
             * @example {
             *       "fr": {
             *         "message": "La fin précède le début."
             *       }
             *     }
             */
            translations?: {
                [key: string]: components["schemas"]["RuleTexts"];
            } | null;
        };
        /** @description The message of a rule in one language. */
        RuleTexts: {
            /**
             * @description The message.
             * @example La fin précède le début.
             */
            message?: string | null;
        };
        /** @description A transition from a step to another step or to the end. */
        TransitionDocument: {
            /**
             * @description A CEL expression that decides whether the transition is taken. A transition without one is the default and
             *     must come last.
             * @example !confirmed
             */
            when?: string | null;
            /**
             * @description The key of the next step, or `end`.
             * @example trigger
             */
            to: string;
        };
        /** @description A typed value that a step collects. It is a finding if no value satisfies its constraints together. */
        SlotDocument: {
            /**
             * @description The name of the slot, unique in the step: `[A-Za-z_][A-Za-z0-9_]{0,127}`, but not a reserved word of CEL.
             * @example severity
             */
            name: string;
            /**
             * @description The type of the value. The set is open: a later release may add types.
             * @example enum
             */
            type: "string" | "text" | "integer" | "number" | "boolean" | "date" | "datetime" | "time" | "enum" | "multi_enum" | "email" | "phone" | "url" | OtherString;
            /**
             * @description Whether a commit requires a value; true if omitted.
             * @example true
             */
            required?: boolean | null;
            /**
             * @description The label of the field in a form.
             * @example Gravité
             */
            label?: string | null;
            /**
             * @description A hint on what to enter.
             * @example Selon la grille d’astreinte.
             */
            description?: string | null;
            /**
             * @description The position among the slots. If omitted, the order in the document counts.
             * @example 1
             */
            position?: number | null;
            /**
             * @description The options of an `enum` or `multi_enum` slot. Their values must differ after Unicode normalisation (NFC).
             * @example [
             *       "low",
             *       {
             *         "value": "high",
             *         "label": "High"
             *       }
             *     ]
             */
            options?: components["schemas"]["OptionDocument"][] | null;
            /**
             * @description A regular expression (RE2) that the whole value must match.
             * @example INC-[0-9]{6}
             */
            validate?: string | null;
            /**
             * @description A mask that the value must match: `X` matches a digit, `\X` matches the letter X, and any other character
             *     matches itself.
             * @example XX-XX
             */
            mask?: string | null;
            min?: components["schemas"]["BoundInput"];
            max?: components["schemas"]["BoundInput"];
            /**
             * @description The most digits after the point of a `number`, as given (0 to 160).
             * @example 2
             */
            decimals?: number | null;
            /**
             * @description The unit of an `integer` or `number`, a UCUM code or an ISO 4217 currency, for people to read.
             * @example CHF
             */
            unit?: string | null;
            /**
             * @description The minimum length in Unicode code points; for `multi_enum`, the minimum number of options.
             * @example 2
             */
            min_length?: number | null;
            /**
             * @description The maximum length in Unicode code points; for `multi_enum`, the maximum number of options.
             * @example 80
             */
            max_length?: number | null;
            default?: components["schemas"]["ValueInput"];
            /**
             * @description A CEL expression that decides whether the slot applies.
             * @example severity == 'high'
             */
            when?: string | null;
            /**
             * @description A CEL expression that decides whether a commit requires a value; it overrides `required`.
             * @example severity == 'high'
             */
            required_when?: string | null;
            /**
             * @description Whether the value is sensitive. Runs and events contain only a salted digest of it.
             * @example false
             */
            sensitive?: boolean | null;
            metadata?: components["schemas"]["MetadataInput"];
            /**
             * @description The texts in other languages, by BCP 47 language tag.
             * @example {
             *       "en": {
             *         "label": "Severity"
             *       }
             *     }
             */
            translations?: {
                [key: string]: components["schemas"]["SlotTexts"];
            } | null;
        };
        /**
         * @description An option, a string or an object with a label. The value is what is stored, compared and recorded.
         * @example {
         *       "value": "high",
         *       "label": "High"
         *     }
         */
        OptionDocument: string | components["schemas"]["LabelledOption"];
        /** @description An option with a label. */
        LabelledOption: {
            /**
             * @description The value. Must not be blank.
             * @example high
             */
            value: string;
            /**
             * @description What people see instead of the value.
             * @example High
             */
            label?: string | null;
        };
        /** @description An item that the operator of a step confirms. */
        ChecklistItemDocument: {
            /**
             * @description The key of the item, unique in the step.
             * @example acknowledged
             */
            key: string;
            /**
             * @description The text of the item. Must not be blank.
             * @example Alerte acquittée
             */
            label: string;
            /**
             * @description An explanation of the item.
             * @example L’astreinte a vu l’alerte.
             */
            description?: string | null;
            /**
             * @description Whether the item must be ticked for a commit; false if omitted.
             * @example true
             */
            required?: boolean | null;
            /**
             * @description The initial state that a form may show. It does not count as a tick.
             * @example false
             */
            default_state?: boolean | null;
            /**
             * @description A CEL expression that decides whether the item applies.
             * @example severity == 'high'
             */
            when?: string | null;
            /**
             * @description The position among the items. If omitted, the order in the document counts.
             * @example 1
             */
            position?: number | null;
            metadata?: components["schemas"]["MetadataInput"];
            /**
             * @description The texts in other languages, by BCP 47 language tag.
             * @example {
             *       "en": {
             *         "label": "Alert acknowledged"
             *       }
             *     }
             */
            translations?: {
                [key: string]: components["schemas"]["ItemTexts"];
            } | null;
        };
        /**
         * @description A version of a procedure: the members of its definition and those that the service adds. It can be edited and
         *     published with PUT.
         */
        Procedure: {
            /**
             * @description The procedure's id.
             * @example branch-network-recovery
             */
            id: string;
            /**
             * @description The name of the procedure.
             * @example Rétablissement réseau d’agence
             */
            name: string;
            /**
             * @description The purpose of the procedure.
             * @example À suivre quand une agence perd son réseau.
             */
            description?: string;
            /**
             * @description The language of the texts in the document (BCP 47).
             * @example fr
             */
            language?: string;
            /**
             * @description The time zone in which `today`, in relative bounds, is a day: an IANA name such as `Europe/Zurich`. `UTC` if
             *     omitted.
             * @example Europe/Zurich
             */
            time_zone?: string;
            metadata: components["schemas"]["Metadata"];
            /**
             * @description The maximum number of visits to a step in one run.
             * @example 20
             */
            max_visits: number;
            /**
             * @description The steps, in order.
             * @example [
             *       {
             *         "key": "diagnosis",
             *         "title": "Diagnostic",
             *         "slots": [],
             *         "checklist_items": []
             *       }
             *     ]
             */
            steps: components["schemas"]["ProcedureStep"][];
            /**
             * @description The texts in other languages, by BCP 47 language tag.
             * @example {
             *       "en": {
             *         "name": "Branch network recovery"
             *       }
             *     }
             */
            translations?: {
                [key: string]: components["schemas"]["ProcedureHeading"];
            };
            /**
             * @description The version number.
             * @example 1
             */
            version: number;
            status: components["schemas"]["ProcedureStatus"];
            /**
             * @description The SHA-256 of the canonical form.
             * @example sha256:f76b2d09ccd3e5449ee423c1d85d619abf42a63648fbf723b86e4c60cf326e9e
             */
            digest: string;
            /**
             * Format: date-time
             * @description The time at which the version was published.
             * @example 2026-11-23T09:30:00.000000Z
             */
            created_at: string;
            /**
             * @description The actor who published the version.
             * @example claire.martin
             */
            created_by: string;
            /**
             * @description Warnings from saving the definition, at most the first 256.
             * @example [
             *       {
             *         "field": "",
             *         "code": "definition.unchanged",
             *         "params": {
             *           "version": 1
             *         },
             *         "message": "Identical to version 1: nothing was changed."
             *       }
             *     ]
             */
            warnings: components["schemas"]["Issue"][];
            /**
             * @description The number of all warnings; absent if there are none.
             * @example 1
             */
            warning_count?: number;
        };
        /** @description One step of a procedure. */
        ProcedureStep: {
            /**
             * @description The key of the step, unique in the procedure. `end`, `run.metadata` and keys such as `run.metadata.x` are
             *     reserved.
             * @example diagnosis
             */
            key: string;
            /**
             * @description The title of the step. Must not be blank.
             * @example Diagnostic
             */
            title: string;
            /**
             * @description The instructions for the operator.
             * @example Identifiez l’équipement en panne.
             */
            prompt?: string;
            metadata?: components["schemas"]["Metadata"];
            /**
             * @description The values that the step collects.
             * @example [
             *       {
             *         "name": "cause",
             *         "type": "text",
             *         "required": true
             *       }
             *     ]
             */
            slots: components["schemas"]["ProcedureSlot"][];
            /**
             * @description The items that the operator confirms.
             * @example [
             *       {
             *         "key": "acknowledged",
             *         "label": "Alerte acquittée",
             *         "required": true
             *       }
             *     ]
             */
            checklist_items: components["schemas"]["ProcedureChecklistItem"][];
            /**
             * @description A CEL expression that decides whether the step applies. A step that does not apply is not visited.
             * @example trigger.severity == 'high'
             */
            when?: string;
            /**
             * @description The possible next steps. The first transition whose condition is true is taken; if there is none, the next
             *     step in order follows.
             * @example [
             *       {
             *         "when": "!confirmed",
             *         "to": "trigger"
             *       }
             *     ]
             */
            transitions?: components["schemas"]["ProcedureTransition"][];
            /**
             * @description Whether the step may be skipped with a reason.
             * @example false
             */
            skippable?: boolean;
            /**
             * @description Assertions over values that a commit must satisfy.
             * @example [
             *       {
             *         "key": "in_order",
             *         "assert": "end_date >= start_date",
             *         "message": "The end is before the start."
             *       }
             *     ]
             */
            rules?: components["schemas"]["ProcedureRule"][];
            /**
             * @description What a later visit of the step begins with: nothing (`blank`, the default), or the values of the last visit
             *     as its draft (`keep`). Ticks are never kept.
             * @example keep
             */
            on_return?: "blank" | "keep" | OtherString;
            /**
             * @description What an assistant or a program may do with the step: everything that a person with the same role may
             *     (`commit`, the default); save drafts and check a commit (`draft`); or only read (`none`). A person is never
             *     restricted.
             * @example draft
             */
            agents?: "commit" | "draft" | "none" | OtherString;
            /**
             * @description The texts in other languages, by BCP 47 language tag.
             * @example {
             *       "en": {
             *         "title": "Diagnosis"
             *       }
             *     }
             */
            translations?: {
                [key: string]: components["schemas"]["ProcedureStepTexts"];
            };
        };
        /** @description A typed value that a step collects. */
        ProcedureSlot: {
            /**
             * @description The name of the slot, unique in the step: `[A-Za-z_][A-Za-z0-9_]{0,127}`, but not a reserved word of CEL.
             * @example severity
             */
            name: string;
            /**
             * @description The type of the value. The set is open: a later release may add types.
             * @example enum
             */
            type: "string" | "text" | "integer" | "number" | "boolean" | "date" | "datetime" | "time" | "enum" | "multi_enum" | "email" | "phone" | "url" | OtherString;
            /**
             * @description Whether a commit requires a value.
             * @example true
             */
            required: boolean;
            /**
             * @description The label of the field in a form.
             * @example Gravité
             */
            label?: string;
            /**
             * @description A hint on what to enter.
             * @example Selon la grille d’astreinte.
             */
            description?: string;
            /**
             * @description The options of an `enum` or `multi_enum` slot. Their values must differ after Unicode normalisation (NFC).
             * @example [
             *       "low",
             *       {
             *         "value": "high",
             *         "label": "High"
             *       }
             *     ]
             */
            options?: components["schemas"]["ProcedureOption"][];
            /**
             * @description A regular expression (RE2) that the whole value must match.
             * @example INC-[0-9]{6}
             */
            validate?: string;
            /**
             * @description A mask that the value must match: `X` matches a digit, `\X` matches the letter X, and any other character
             *     matches itself.
             * @example XX-XX
             */
            mask?: string;
            min?: components["schemas"]["Bound"];
            max?: components["schemas"]["Bound"];
            /**
             * @description The most digits after the point of a `number`, as given (0 to 160).
             * @example 2
             */
            decimals?: number;
            /**
             * @description The unit of an `integer` or `number`, a UCUM code or an ISO 4217 currency, for people to read.
             * @example CHF
             */
            unit?: string;
            /**
             * @description The minimum length in Unicode code points; for `multi_enum`, the minimum number of options.
             * @example 2
             */
            min_length?: number;
            /**
             * @description The maximum length in Unicode code points; for `multi_enum`, the maximum number of options.
             * @example 80
             */
            max_length?: number;
            default?: components["schemas"]["Value"];
            /**
             * @description A CEL expression that decides whether the slot applies.
             * @example severity == 'high'
             */
            when?: string;
            /**
             * @description A CEL expression that decides whether a commit requires a value; it overrides `required`.
             * @example severity == 'high'
             */
            required_when?: string;
            /**
             * @description Whether the value is sensitive. Runs and events contain only a salted digest of it.
             * @example false
             */
            sensitive?: boolean;
            metadata?: components["schemas"]["Metadata"];
            /**
             * @description The texts in other languages, by BCP 47 language tag.
             * @example {
             *       "en": {
             *         "label": "Severity"
             *       }
             *     }
             */
            translations?: {
                [key: string]: components["schemas"]["ProcedureSlotTexts"];
            };
        };
        /**
         * @description An option, a string or an object with a label. The value is what is stored, compared and recorded.
         * @example {
         *       "value": "high",
         *       "label": "High"
         *     }
         */
        ProcedureOption: string | components["schemas"]["ProcedureLabelledOption"];
        /** @description An option with a label. */
        ProcedureLabelledOption: {
            /**
             * @description The value. Must not be blank.
             * @example high
             */
            value: string;
            /**
             * @description What people see instead of the value.
             * @example High
             */
            label: string;
        };
        /** @description An item that the operator of a step confirms. */
        ProcedureChecklistItem: {
            /**
             * @description The key of the item, unique in the step.
             * @example acknowledged
             */
            key: string;
            /**
             * @description The text of the item. Must not be blank.
             * @example Alerte acquittée
             */
            label: string;
            /**
             * @description An explanation of the item.
             * @example L’astreinte a vu l’alerte.
             */
            description?: string;
            /**
             * @description Whether the item must be ticked for a commit.
             * @example true
             */
            required: boolean;
            /**
             * @description The initial state that a form may show. It does not count as a tick.
             * @example false
             */
            default_state?: boolean;
            /**
             * @description A CEL expression that decides whether the item applies.
             * @example severity == 'high'
             */
            when?: string;
            metadata?: components["schemas"]["Metadata"];
            /**
             * @description The texts in other languages, by BCP 47 language tag.
             * @example {
             *       "en": {
             *         "label": "Alert acknowledged"
             *       }
             *     }
             */
            translations?: {
                [key: string]: components["schemas"]["ProcedureItemTexts"];
            };
        };
        /** @description A transition from a step to another step or to the end. */
        ProcedureTransition: {
            /**
             * @description A CEL expression that decides whether the transition is taken. A transition without one is the default and
             *     must come last.
             * @example !confirmed
             */
            when?: string;
            /**
             * @description The key of the next step, or `end`.
             * @example trigger
             */
            to: string;
        };
        /** @description An assertion over values of the step and of the steps before it, with the author's message. */
        ProcedureRule: {
            /**
             * @description The key of the rule, unique in the step.
             * @example in_order
             */
            key: string;
            /**
             * @description A CEL expression that is true if all is well.
             * @example end_date >= start_date
             */
            assert: string;
            /**
             * @description What people read if the rule does not hold.
             * @example The end is before the start.
             */
            message: string;
            /**
             * @description Names of slots of the step. The message is shown beside the first one.
             * @example [
             *       "end_date"
             *     ]
             */
            fields?: string[];
            /**
             * @description The message in other languages, by BCP 47 language tag.
             * @example {
             *       "fr": {
             *         "message": "La fin précède le début."
             *       }
             *     }
             */
            translations?: {
                [key: string]: components["schemas"]["ProcedureRuleTexts"];
            };
        };
        /** @description The texts of a procedure in one language. */
        ProcedureHeading: {
            /**
             * @description The name.
             * @example Branch network recovery
             */
            name?: string;
            /**
             * @description The description.
             * @example What to do when a branch loses its network.
             */
            description?: string;
        };
        /** @description The texts of a step in one language. */
        ProcedureStepTexts: {
            /**
             * @description The title.
             * @example Diagnosis
             */
            title?: string;
            /**
             * @description The instructions for the operator.
             * @example Find out which device is down.
             */
            prompt?: string;
        };
        /** @description The texts of a slot in one language. */
        ProcedureSlotTexts: {
            /**
             * @description The label.
             * @example Severity
             */
            label?: string;
            /**
             * @description A hint on what to enter.
             * @example How bad it is.
             */
            description?: string;
            /**
             * @description The text of each option, by option.
             * @example {
             *       "high": "High"
             *     }
             */
            options?: {
                [key: string]: string;
            };
        };
        /** @description The texts of a checklist item in one language. */
        ProcedureItemTexts: {
            /**
             * @description The label.
             * @example Alert acknowledged
             */
            label?: string;
            /**
             * @description An explanation of the item.
             * @example The on-call has seen the alert.
             */
            description?: string;
        };
        /** @description The message of a rule in one language. */
        ProcedureRuleTexts: {
            /**
             * @description The message.
             * @example La fin précède le début.
             */
            message?: string;
        };
        /** @description A procedure in a list. */
        ProcedureSummary: {
            /**
             * @description The id of the procedure.
             * @example branch-network-recovery
             */
            id: string;
            /**
             * @description The name.
             * @example Rétablissement réseau d’agence
             */
            name: string;
            /**
             * @description The purpose of the procedure.
             * @example À suivre quand une agence perd son réseau.
             */
            description?: string;
            /**
             * @description The language of the texts in the document (BCP 47).
             * @example fr
             */
            language?: string;
            /**
             * @description The number of the latest version.
             * @example 1
             */
            version: number;
            status: components["schemas"]["ProcedureStatus"];
            /**
             * @description The SHA-256 of the canonical form of the latest version.
             * @example sha256:f76b2d09ccd3e5449ee423c1d85d619abf42a63648fbf723b86e4c60cf326e9e
             */
            digest: string;
            /**
             * Format: date-time
             * @description The time at which the latest version was published.
             * @example 2026-11-23T09:30:00.000000Z
             */
            created_at: string;
            /**
             * @description The actor who published the version.
             * @example claire.martin
             */
            created_by: string;
        };
        /** @description A page of procedures. */
        ProcedureList: {
            /**
             * @description The procedures, ordered by id.
             * @example [
             *       {
             *         "id": "branch-network-recovery",
             *         "name": "Rétablissement réseau d’agence",
             *         "description": "À suivre quand une agence perd son réseau.",
             *         "language": "fr",
             *         "version": 1,
             *         "status": "active",
             *         "digest": "sha256:f76b2d09ccd3e5449ee423c1d85d619abf42a63648fbf723b86e4c60cf326e9e",
             *         "created_at": "2026-11-23T09:30:00.000000Z",
             *         "created_by": "claire.martin"
             *       }
             *     ]
             */
            items: components["schemas"]["ProcedureSummary"][];
            /**
             * @description The cursor of the next page; absent on the last page.
             * @example cnVuczowMTk4YzBkZS03YTFiLTdjM2QtOWU0Zi01YTZiN2M4ZDllMGY
             */
            next_cursor?: string;
        };
        /** @description A version in a list. */
        ProcedureVersionSummary: {
            /**
             * @description The version number.
             * @example 1
             */
            version: number;
            /**
             * @description The SHA-256 of the canonical form.
             * @example sha256:f76b2d09ccd3e5449ee423c1d85d619abf42a63648fbf723b86e4c60cf326e9e
             */
            digest: string;
            /**
             * Format: date-time
             * @description The time at which the version was published.
             * @example 2026-11-23T09:30:00.000000Z
             */
            created_at: string;
            /**
             * @description The actor who published the version.
             * @example claire.martin
             */
            created_by: string;
        };
        /** @description A page of versions. */
        ProcedureVersionList: {
            /**
             * @description The entries, newest first.
             * @example [
             *       {
             *         "version": 1,
             *         "digest": "sha256:f76b2d09ccd3e5449ee423c1d85d619abf42a63648fbf723b86e4c60cf326e9e",
             *         "created_at": "2026-11-23T09:30:00.000000Z",
             *         "created_by": "claire.martin"
             *       }
             *     ]
             */
            items: components["schemas"]["ProcedureVersionSummary"][];
            /**
             * @description The cursor of the next page; absent on the last page.
             * @example cnVuczowMTk4YzBkZS03YTFiLTdjM2QtOWU0Zi01YTZiN2M4ZDllMGY
             */
            next_cursor?: string;
        };
        /** @description The findings and warnings of a definition. */
        LintReport: {
            /**
             * @description Whether the definition is valid.
             * @example true
             */
            valid: boolean;
            /**
             * @description The number of all findings.
             * @example 1
             */
            issue_count: number;
            /**
             * @description The findings in document order, at most the first 256.
             * @example [
             *       {
             *         "field": "/steps/1/key",
             *         "code": "definition.duplicate",
             *         "params": {
             *           "first": "/steps/0/key"
             *         },
             *         "message": "The same value is already used at /steps/0/key."
             *       }
             *     ]
             */
            issues: components["schemas"]["Issue"][];
            /**
             * @description The number of all warnings.
             * @example 0
             */
            warning_count: number;
            /**
             * @description The warnings in document order, at most the first 256.
             * @example []
             */
            warnings: components["schemas"]["Issue"][];
            /**
             * @description The SHA-256 of the canonical form; absent if the definition is invalid.
             * @example sha256:f76b2d09ccd3e5449ee423c1d85d619abf42a63648fbf723b86e4c60cf326e9e
             */
            digest?: string;
            graph?: components["schemas"]["DefinitionGraph"];
        };
        /** @description The parameters of a new run. */
        RunStart: {
            /**
             * @description The id of the procedure.
             * @example branch-network-recovery
             */
            procedure_id: string;
            /**
             * @description The version number; the latest version if omitted.
             * @example 1
             */
            procedure_version?: number | null;
            /**
             * @description The user the run is for: a single line of at most 255 bytes; the actor if omitted or blank.
             * @example agent-qa
             */
            user_id?: string | null;
            /**
             * @description The client's own reference for the run: a single line of at most 255 bytes.
             * @example INC-450123
             */
            reference?: string | null;
            metadata?: components["schemas"]["MetadataInput"];
        };
        /**
         * @description Values by slot name: a string, a number (an exact decimal, with the digits that were given), true or false, or a
         *     list of strings for `multi_enum`. A value that is sensitive or was erased is null.
         * @example {
         *       "severity": "high"
         *     }
         */
        Values: SlotValues;
        /**
         * @description Values by slot name: a string, a number (an exact decimal of at most 60 significant digits), true or false, or a
         *     list of strings for `multi_enum`. `null` and a text without a visible character mean no value. With
         *     `Prefer: numbers=string`, a number is a decimal string in responses, and may be one in requests.
         * @example {
         *       "severity": "high"
         *     }
         */
        ValuesInput: SlotValues;
        /**
         * @description The source of each value, by slot name.
         * @example {
         *       "severity": "agent"
         *     }
         */
        Origins: {
            [key: string]: components["schemas"]["Origin"];
        };
        /**
         * @description The source of each value, by slot name; `manual` if omitted or null.
         * @example {
         *       "severity": "agent"
         *     }
         */
        OriginsInput: {
            [key: string]: components["schemas"]["OriginInput"];
        } | null;
        /** @description The new state of a checklist item. */
        Tick: {
            /**
             * @description The key of the item.
             * @example acknowledged
             */
            key: string;
            /**
             * @description Whether the item is ticked.
             * @example true
             */
            completed: boolean;
        };
        /**
         * @description The expected visit of the step; 409 `step.visit` if it is not the current one.
         * @example 1
         */
        Visit: number | null;
        /** @description The values and ticks to save for the open step. */
        StepDraft: {
            slots?: components["schemas"]["ValuesInput"];
            /**
             * @description The ticks. Other items keep their state.
             * @example [
             *       {
             *         "key": "acknowledged",
             *         "completed": true
             *       }
             *     ]
             */
            checklist?: components["schemas"]["Tick"][] | null;
            origins?: components["schemas"]["OriginsInput"];
            visit?: components["schemas"]["Visit"];
        };
        /** @description The values and ticks to merge into the draft. */
        StepCommit: {
            slots?: components["schemas"]["ValuesInput"];
            /**
             * @description The ticks. Other items keep their state.
             * @example [
             *       {
             *         "key": "acknowledged",
             *         "completed": true
             *       }
             *     ]
             */
            checklist?: components["schemas"]["Tick"][] | null;
            origins?: components["schemas"]["OriginsInput"];
            visit?: components["schemas"]["Visit"];
        };
        /** @description The corrections, and the reason. */
        StepAmend: {
            slots?: components["schemas"]["ValuesInput"];
            /**
             * @description The ticks. Other items keep their state.
             * @example [
             *       {
             *         "key": "acknowledged",
             *         "completed": true
             *       }
             *     ]
             */
            checklist?: components["schemas"]["Tick"][] | null;
            origins?: components["schemas"]["OriginsInput"];
            visit?: components["schemas"]["Visit"];
            /**
             * @description The reason, 1 to 4,000 code points; 422 if it has no visible character.
             * @example Reclassified after the post-mortem
             */
            reason: string;
        };
        /** @description The reason for skipping a step. */
        StepSkip: {
            /**
             * @description The reason, 1 to 4,000 code points; 422 if it has no visible character.
             * @example No spare part at hand
             */
            reason: string;
            visit?: components["schemas"]["Visit"];
        };
        /** @description What to erase, and the reason. */
        Erasure: {
            /**
             * @description What to erase. All copies are erased too, such as values that conditions have read.
             * @example [
             *       {
             *         "slot": "diagnosis.cause",
             *         "visit": 1
             *       }
             *     ]
             */
            places: components["schemas"]["ErasePlace"][];
            /**
             * @description The reason, 1 to 4,000 code points; 422 if it is absent or has no visible character.
             * @example Asked for by the customer
             */
            reason: string;
        };
        /**
         * @description Something to erase: either the values of a slot (`slot`, and `visit` for one visit only), or the text at a place
         *     of an event (`seq` and `place`). Anything else is the issue `request.erase_place`.
         * @example {
         *       "slot": "diagnosis.cause",
         *       "visit": 1
         *     }
         */
        ErasePlace: {
            /**
             * @description The slot: `<step>.<name>`.
             * @example diagnosis.cause
             */
            slot?: string | null;
            /**
             * @description The visit of the step; all visits if it is absent.
             * @example 1
             */
            visit?: number | null;
            /**
             * Format: int64
             * @description The sequence number of an event in the trail of the run.
             * @example 9
             */
            seq?: number | null;
            /**
             * @description A JSON Pointer, relative to the payload of the event.
             * @example /reason
             */
            place?: string | null;
        };
        /** @description The answers, and either a definition or the id of a stored procedure to simulate. */
        SimulationRequest: {
            /**
             * @description The definition to simulate. Either this or `procedure_id` is required.
             * @example {
             *       "name": "Small",
             *       "steps": [
             *         {
             *           "key": "only",
             *           "title": "Only"
             *         }
             *       ]
             *     }
             */
            definition?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description The id of the stored procedure to simulate. Either this or `definition` is required.
             * @example branch-network-recovery
             */
            procedure_id?: string | null;
            /**
             * @description The version of the stored procedure; the latest version if omitted.
             * @example 1
             */
            procedure_version?: number | null;
            metadata?: components["schemas"]["MetadataInput"];
            /**
             * @description The answers, one for each visit of a step; at most 1,000.
             * @example [
             *       {
             *         "step": "trigger",
             *         "slots": {
             *           "severity": "low"
             *         }
             *       }
             *     ]
             */
            answers?: components["schemas"]["SimulationAnswer"][] | null;
        };
        /** @description The answer to one visit of a step. */
        SimulationAnswer: {
            /**
             * @description The step's key.
             * @example trigger
             */
            step: string;
            slots?: components["schemas"]["ValuesInput"];
            /**
             * @description The ticks.
             * @example [
             *       {
             *         "key": "acknowledged",
             *         "completed": true
             *       }
             *     ]
             */
            checklist?: components["schemas"]["Tick"][] | null;
            /**
             * @description Whether to skip the step.
             * @example false
             */
            skip?: boolean | null;
        };
        /** @description The result of a simulation. */
        Simulation: {
            /**
             * @description `completed` if the run completes; `stopped` if it cannot continue: `problem` gives the reason.
             * @example completed
             */
            outcome: "completed" | "stopped" | OtherString;
            /**
             * @description The steps in the order in which the simulation reached them. The step at which the run stops is the last one,
             *     and is open.
             * @example [
             *       {
             *         "step": "trigger",
             *         "visit": 1,
             *         "state": "committed",
             *         "missing": [],
             *         "not_applicable": [],
             *         "transition": null,
             *         "decisions": []
             *       }
             *     ]
             */
            path: components["schemas"]["SimulationStep"][];
            /**
             * @description The conditions that led to the end of the run.
             * @example []
             */
            decisions: components["schemas"]["Decision"][];
            /**
             * @description The reason why the simulation stopped; null if it completed.
             * @example null
             */
            problem: components["schemas"]["Problem"] | null;
        };
        /** @description A step on the path. */
        SimulationStep: {
            /**
             * @description The step's key.
             * @example trigger
             */
            step: string;
            /**
             * @description The number of the visit; 0 if the step does not apply.
             * @example 1
             */
            visit: number;
            state: components["schemas"]["StepState"];
            /**
             * @description The required fields that have no value or no tick.
             * @example [
             *       "slots.severity"
             *     ]
             */
            missing: string[];
            /**
             * @description The slots and items that do not apply.
             * @example [
             *       "slots.detail"
             *     ]
             */
            not_applicable: string[];
            /**
             * @description The JSON pointer of the transition that jumped over the step; null if there is none.
             * @example /steps/0/transitions/1
             */
            transition: string | null;
            /**
             * @description The conditions evaluated, in order: first those that led to the step, then those of its slots and items.
             * @example [
             *       {
             *         "condition": "/steps/0/transitions/0/when",
             *         "expression": "severity == 'low'",
             *         "result": true,
             *         "values": {
             *           "trigger.severity": "low"
             *         }
             *       }
             *     ]
             */
            decisions: components["schemas"]["Decision"][];
        };
        /** @description The result of a condition. */
        Decision: {
            /**
             * @description The JSON pointer of the condition in the definition.
             * @example /steps/0/transitions/0/when
             */
            condition: string;
            /**
             * @description The CEL expression.
             * @example severity == 'low'
             */
            expression: string;
            /**
             * @description The result of the condition.
             * @example true
             */
            result: boolean;
            /**
             * @description The values that the condition read, by name. Numbers are strings; absent values are null.
             * @example {
             *       "trigger.severity": "low"
             *     }
             */
            values: {
                [key: string]: unknown;
            };
        };
        /**
         * @description A step of a run with all that a form for it needs: what applies and is needed now, in the reader's language. It
         *     says what a commit of the draft would decide or, for a committed step, an amendment.
         */
        StepForm: {
            /**
             * Format: uuid
             * @description The id of the run.
             * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
             */
            run_id: string;
            /**
             * @description The id of the procedure.
             * @example incident-paiement-instantane
             */
            procedure_id: string;
            /**
             * @description The version of the procedure.
             * @example 1
             */
            procedure_version: number;
            run_state: components["schemas"]["RunState"];
            /**
             * Format: int64
             * @description The revision of the run, for `If-Match`.
             * @example 1
             */
            revision: number;
            /**
             * Format: int64
             * @description The number of events in the run's trail.
             * @example 2
             */
            seq: number;
            /**
             * @description The step's key.
             * @example alert
             */
            key: string;
            /**
             * @description The title of the step.
             * @example Alert
             */
            title: string;
            /**
             * @description What the step asks its operator to do; null if the definition does not say.
             * @example Record the alert as monitoring reported it and inform the on-call manager.
             */
            prompt: string | null;
            metadata: components["schemas"]["Metadata"];
            state: components["schemas"]["StepState"];
            /**
             * @description Whether the step can be drafted and committed now: it is open, and the run is not final.
             * @example true
             */
            current: boolean;
            /**
             * @description The number of the current visit; 0 if the step has not been reached.
             * @example 1
             */
            visit: number;
            /**
             * @description The number of earlier visits.
             * @example 0
             */
            earlier_visits: number;
            /**
             * Format: date-time
             * @description The time at which the step was committed or skipped.
             * @example 2026-11-23T09:32:00.000000Z
             */
            committed_at: string | null;
            /**
             * @description The actor who committed or skipped the step.
             * @example agent-qa
             */
            committed_by: string | null;
            /**
             * @description Whether the step was amended.
             * @example false
             */
            amended: boolean;
            /**
             * @description The reason why the step was skipped; null if it was not skipped, or if the reason was erased.
             * @example null
             */
            reason: string | null;
            /**
             * @description Whether the step may be skipped with a reason.
             * @example false
             */
            skippable: boolean;
            /**
             * @description What a new visit of the step begins with: `blank` for nothing, `keep` for the values of the last visit.
             * @example blank
             */
            on_return: string;
            /**
             * @description What an assistant or a program may do with the step: everything that a person with the same role may
             *     (`commit`); save drafts and check a commit (`draft`); or only read (`none`). With the last two, it also must
             *     not reveal a sensitive value of the step, or end the run while the step is open.
             * @example commit
             */
            agents: "commit" | "draft" | "none" | OtherString;
            /**
             * @description The step's own condition; null if it has none, or if a transition passed over the step without asking it.
             * @example null
             */
            when: components["schemas"]["ConditionState"] | null;
            /**
             * @description The JSON pointer of the transition that passed over the step; null if none did.
             * @example null
             */
            transition: string | null;
            /**
             * @description The conditions of the transition that passed over the step and of those before it, with the present values.
             * @example []
             */
            decisions: components["schemas"]["Decision"][];
            /**
             * @description The slots that apply now, in the order of the definition.
             * @example [
             *       {
             *         "name": "severity",
             *         "type": "enum",
             *         "label": "Severity",
             *         "options": [
             *           {
             *             "value": "critical",
             *             "label": "Critical"
             *           },
             *           {
             *             "value": "high",
             *             "label": "High"
             *           },
             *           {
             *             "value": "medium",
             *             "label": "Medium"
             *           },
             *           {
             *             "value": "low",
             *             "label": "Low"
             *           }
             *         ],
             *         "sensitive": false,
             *         "required": true,
             *         "when": null,
             *         "required_when": null,
             *         "given": false,
             *         "value": null,
             *         "origin": null,
             *         "erased": false
             *       }
             *     ]
             */
            slots: components["schemas"]["FormSlot"][];
            /**
             * @description The checklist items that apply now, in the order of the definition.
             * @example [
             *       {
             *         "key": "acknowledged",
             *         "label": "Alert acknowledged in monitoring",
             *         "default_state": false,
             *         "required": true,
             *         "when": null,
             *         "completed": false,
             *         "completed_at": null,
             *         "completed_by": null
             *       }
             *     ]
             */
            checklist: components["schemas"]["FormItem"][];
            /**
             * @description The rules that a commit must satisfy.
             * @example [
             *       {
             *         "key": "order",
             *         "message": "The end must not be before the start.",
             *         "fields": [
             *           "slots.ended_at"
             *         ],
             *         "assert": {
             *           "condition": "/steps/0/rules/0/assert",
             *           "expression": "ended_at >= started_at",
             *           "result": null,
             *           "values": {},
             *           "waits_for": [
             *             "alert.started_at"
             *           ],
             *           "reason": null
             *         }
             *       }
             *     ]
             */
            rules: components["schemas"]["FormRule"][];
            /**
             * @description The slots and items that a commit needs and that have no value or tick, in the order of the definition.
             * @example [
             *       "slots.severity"
             *     ]
             */
            missing: string[];
            /**
             * @description The slots and items that do not apply now, each with the reason. A commit that gives a value for one of them
             *     is refused.
             * @example [
             *       {
             *         "field": "slots.test_amount",
             *         "label": "Amount of the test transfer (EUR)",
             *         "when": {
             *           "condition": "/steps/4/slots/1/when",
             *           "expression": "service_restored",
             *           "result": false,
             *           "values": {
             *             "validation.service_restored": false
             *           },
             *           "waits_for": [],
             *           "reason": null
             *         }
             *       }
             *     ]
             */
            not_applicable: components["schemas"]["ConditionalField"][];
            /**
             * @description The slots and items of which it is undecided whether they apply, because a value that the condition reads is
             *     missing or invalid, or because the condition cannot be evaluated. A draft may hold values for them.
             * @example [
             *       {
             *         "field": "checklist.bridge_opened",
             *         "label": "Conference bridge opened",
             *         "when": {
             *           "condition": "/steps/0/checklist_items/2/when",
             *           "expression": "severity in ['critical', 'high']",
             *           "result": null,
             *           "values": {},
             *           "waits_for": [
             *             "alert.severity"
             *           ],
             *           "reason": null
             *         }
             *       }
             *     ]
             */
            undecided: components["schemas"]["ConditionalField"][];
        };
        /** @description A slot that applies now, with its definition and its value. */
        FormSlot: {
            /**
             * @description The name of the slot.
             * @example severity
             */
            name: string;
            /**
             * @description The type of the value, one of: `string text integer number boolean date datetime time enum multi_enum email
             *     phone url`.
             * @example enum
             */
            type: string;
            /**
             * @description The label of the field; the name of the slot if the definition has no label.
             * @example Severity
             */
            label: string;
            /**
             * @description A hint on what to enter.
             * @example According to the on-call scale.
             */
            description?: string;
            /**
             * @description The options of an `enum` or `multi_enum` slot.
             * @example [
             *       {
             *         "value": "critical",
             *         "label": "Critical"
             *       },
             *       {
             *         "value": "high",
             *         "label": "High"
             *       },
             *       {
             *         "value": "medium",
             *         "label": "Medium"
             *       },
             *       {
             *         "value": "low",
             *         "label": "Low"
             *       }
             *     ]
             */
            options?: components["schemas"]["FormOption"][];
            /**
             * @description A regular expression (RE2) that the whole value must match.
             * @example INC-[0-9]{6}
             */
            validate?: string;
            /**
             * @description A mask that the value must match: `X` matches a digit, `\X` matches the letter X, and any other character
             *     matches itself.
             * @example XX-XX
             */
            mask?: string;
            min?: components["schemas"]["Bound"];
            max?: components["schemas"]["Bound"];
            min_now?: components["schemas"]["Bound"];
            max_now?: components["schemas"]["Bound"];
            /**
             * @description The most digits after the point of a `number`, as given.
             * @example 2
             */
            decimals?: number;
            /**
             * @description The unit of an `integer` or `number`, a UCUM code or an ISO 4217 currency, for people to read.
             * @example CHF
             */
            unit?: string;
            /**
             * @description The minimum length in Unicode code points; for `multi_enum`, the minimum number of options.
             * @example 2
             */
            min_length?: number;
            /**
             * @description The maximum length in Unicode code points; for `multi_enum`, the maximum number of options.
             * @example 80
             */
            max_length?: number;
            default?: components["schemas"]["Value"];
            /**
             * @description Whether the value is sensitive. It is never shown.
             * @example false
             */
            sensitive: boolean;
            metadata?: components["schemas"]["Metadata"];
            /**
             * @description Whether a commit needs a value now. False while `required_when` is undecided.
             * @example true
             */
            required: boolean;
            /**
             * @description The condition because of which the slot applies; null if it always applies.
             * @example null
             */
            when: components["schemas"]["ConditionState"] | null;
            /**
             * @description The condition that decides whether a commit needs a value; null if there is none.
             * @example null
             */
            required_when: components["schemas"]["ConditionState"] | null;
            /**
             * @description Whether the draft or the committed visit has a value, which may be sensitive.
             * @example false
             */
            given: boolean;
            value: components["schemas"]["FormValue"];
            /**
             * @description The origin of the value; null if there is no value.
             * @example manual
             */
            origin: components["schemas"]["Origin"] | null;
            /**
             * @description Whether the value was erased.
             * @example false
             */
            erased: boolean;
        };
        /**
         * @description The value in the draft or the committed visit: a string, a number with the digits that were given, true or
         *     false, or a list of strings. Null if there is none, and for a sensitive or erased value.
         * @example high
         */
        FormValue: string | number | boolean | string[] | null;
        /** @description An option of a slot. */
        FormOption: {
            /**
             * @description The value to submit.
             * @example high
             */
            value: string;
            /**
             * @description The text to show; the value if the definition has no label.
             * @example High
             */
            label: string;
        };
        /** @description A checklist item that applies now, with its state. */
        FormItem: {
            /**
             * @description The key of the item.
             * @example acknowledged
             */
            key: string;
            /**
             * @description The label of the item.
             * @example Alert acknowledged in monitoring
             */
            label: string;
            /**
             * @description An explanation of the item.
             * @example In the monitoring tool.
             */
            description?: string;
            /**
             * @description The state that a form may show at first. It does not count as a tick.
             * @example false
             */
            default_state: boolean;
            metadata?: components["schemas"]["Metadata"];
            /**
             * @description Whether a commit needs the tick.
             * @example true
             */
            required: boolean;
            /**
             * @description The condition because of which the item applies; null if it always applies.
             * @example null
             */
            when: components["schemas"]["ConditionState"] | null;
            /**
             * @description Whether the item is ticked.
             * @example false
             */
            completed: boolean;
            /**
             * Format: date-time
             * @description The time at which the item was ticked.
             * @example 2026-11-23T09:32:00.000000Z
             */
            completed_at: string | null;
            /**
             * @description The actor who ticked the item.
             * @example agent-qa
             */
            completed_by: string | null;
        };
        /** @description A rule that a commit of the step must satisfy. */
        FormRule: {
            /**
             * @description The key of the rule.
             * @example order
             */
            key: string;
            /**
             * @description The author's message, shown if the rule does not hold.
             * @example The end must not be before the start.
             */
            message: string;
            /**
             * @description The slots beside which the message is shown.
             * @example [
             *       "slots.ended_at"
             *     ]
             */
            fields: string[];
            assert: components["schemas"]["ConditionState"];
        };
        /** @description A slot or item that does not apply, or of which that is undecided. */
        ConditionalField: {
            /**
             * @description A field: `slots.<name>` or `checklist.<key>`.
             * @example slots.severity
             */
            field: string;
            /**
             * @description The label of the slot or item.
             * @example Amount of the test transfer (EUR)
             */
            label: string;
            when: components["schemas"]["ConditionState"];
        };
        /** @description What a condition says at present. */
        ConditionState: {
            /**
             * @description The JSON pointer of the condition in the definition.
             * @example /steps/4/slots/1/when
             */
            condition: string;
            /**
             * @description The CEL expression.
             * @example service_restored
             */
            expression: string;
            /**
             * @description The result; null if the condition is undecided, or if a rule is not asked because a value that it reads is
             *     absent.
             * @example false
             */
            result: boolean | null;
            /**
             * @description The values that the condition read, by name. Numbers are strings; absent values are null. Erased values are
             *     left out.
             * @example {
             *       "validation.service_restored": false
             *     }
             */
            values: {
                [key: string]: unknown;
            };
            /**
             * @description The values without which the condition is undecided.
             * @example []
             */
            waits_for: string[];
            /**
             * @description The reason why the evaluation failed, as in the params of `condition.failed`; null if it did not fail. It is
             *     `erased` if the condition reads a value that was erased.
             * @example null
             */
            reason: string | null;
        };
        /** @description What a commit would lead to. */
        StepCheck: {
            /**
             * @description Whether the commit would be accepted.
             * @example true
             */
            committable: boolean;
            /**
             * @description Why it would be refused: the issues that the commit would have. An issue without a field stands for a
             *     refusal that has no issues, such as `condition.failed`; its code is that of the problem. At most 256 are
             *     listed.
             * @example []
             */
            issues: components["schemas"]["CheckIssue"][];
            /**
             * @description The number of all issues, of which `issues` lists the first.
             * @example 0
             */
            issue_count: number;
            /**
             * @description The slots and items that are needed and not given.
             * @example []
             */
            missing: string[];
            /**
             * @description The slots and items that do not apply with these values.
             * @example [
             *       "checklist.bridge_opened"
             *     ]
             */
            not_applicable: string[];
            /**
             * @description The slots and items that are needed with these values, given or not. Empty for a commit that repeats an
             *     earlier one.
             * @example [
             *       "slots.severity"
             *     ]
             */
            needed: string[];
            /**
             * @description Where the run would go; null if the commit would be refused.
             * @example {
             *       "run_state": "in_progress",
             *       "step": "diagnosis",
             *       "title": "Diagnosis",
             *       "visit": 1,
             *       "passed_over": [
             *         "crisis"
             *       ]
             *     }
             */
            next: components["schemas"]["NextStep"] | null;
            /**
             * @description The conditions that were asked, with their results and the values that they read.
             * @example [
             *       {
             *         "condition": "/steps/1/when",
             *         "expression": "alert.severity == 'critical'",
             *         "result": false,
             *         "values": {
             *           "alert.severity": "low"
             *         }
             *       }
             *     ]
             */
            decisions: components["schemas"]["Decision"][];
        };
        /** @description Where a commit leads. */
        NextStep: {
            run_state: components["schemas"]["RunState"];
            /**
             * @description The key of the step that would be open; null if the run would be completed.
             * @example diagnosis
             */
            step: string | null;
            /**
             * @description The title of this step.
             * @example Diagnosis
             */
            title: string | null;
            /**
             * @description The number of its visit.
             * @example 1
             */
            visit: number | null;
            /**
             * @description The steps that would be passed over because they do not apply.
             * @example [
             *       "crisis"
             *     ]
             */
            passed_over: string[];
        };
        /** @description The result of verifying a run. */
        RunVerification: {
            /**
             * Format: uuid
             * @description The id of the run.
             * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
             */
            run_id: string;
            /**
             * Format: date-time
             * @description The time at which the verification began.
             * @example 2026-11-23T09:40:00.000000Z
             */
            verified_at: string;
            /**
             * @description Whether there are no findings other than warnings.
             * @example true
             */
            valid: boolean;
            /**
             * Format: int64
             * @description The `seq` of the last event that was verified.
             * @example 5
             */
            seq: number;
            /**
             * @description What does not hold, at most the first 256 findings.
             * @example []
             */
            findings: components["schemas"]["VerificationFinding"][];
            /**
             * @description The number of all findings.
             * @example 0
             */
            finding_count: number;
            counts: components["schemas"]["VerificationCounts"];
            /**
             * @description The latest signed checkpoint that covers the run; null if there is none, or if it is not valid.
             * @example {
             *       "number": 3,
             *       "time": "2026-11-23T09:35:00.000000Z",
             *       "seq": 2,
             *       "hash": "a05be4fc82f54242bccf3bcf57efce322dcd355d6ae1c1e951d93f1daf594a0d",
             *       "keys": [
             *         "procedo+2a1c9a3e+AeZk0bK5sQm3o1vJ8nWq3j1rXk0o7mQW3mJc2m4b1B2C"
             *       ]
             *     }
             */
            checkpoint: components["schemas"]["CoveringCheckpoint"] | null;
            /**
             * @description The events that no signature covers, because they were recorded after the latest checkpoint; null if there
             *     are none. Someone who can write to the database could change them without a trace.
             * @example {
             *       "events": 3,
             *       "from_seq": 3,
             *       "to_seq": 5
             *     }
             */
            uncovered: components["schemas"]["UncoveredEvents"] | null;
        };
        /** @description Something that does not hold. */
        VerificationFinding: {
            /**
             * Format: int64
             * @description The `seq` of the event; null if the finding is about the run as a whole.
             * @example 3
             */
            seq: number | null;
            /**
             * @description What is wrong, for programs. The set of codes grows with later releases.
             * @example prev_hash
             */
            code: string;
            /**
             * @description What is wrong, in the language of the response, as `procedo audit verify` prints it.
             * @example prev_hash is not the hash of the previous event
             */
            problem: string;
            /**
             * @description Whether it is only a warning: a clock was set back, for example. A warning is no evidence of a change, and
             *     leaves the run valid.
             * @example false
             */
            warning: boolean;
        };
        /** @description What was verified. */
        VerificationCounts: {
            /**
             * @description The number of events.
             * @example 5
             */
            events: number;
            /**
             * @description The number of texts and values that were erased from the events.
             * @example 0
             */
            erased: number;
            /**
             * @description The number of values read by conditions that could not be compared, because they were erased.
             * @example 0
             */
            unread: number;
            /**
             * @description The number of sensitive values that could not be recomputed, because they are encrypted and the server has no
             *     keyset.
             * @example 0
             */
            sealed: number;
        };
        /** @description A signed checkpoint, and the head of the run's chain that it covers. */
        CoveringCheckpoint: {
            /**
             * Format: int64
             * @description The number of the checkpoint.
             * @example 3
             */
            number: number;
            /**
             * Format: date-time
             * @description The time of the checkpoint.
             * @example 2026-11-23T09:35:00.000000Z
             */
            time: string;
            /**
             * Format: int64
             * @description The `seq` of the last event of the run that it covers.
             * @example 2
             */
            seq: number;
            /**
             * @description The hash of this event.
             * @example a05be4fc82f54242bccf3bcf57efce322dcd355d6ae1c1e951d93f1daf594a0d
             */
            hash: string;
            /**
             * @description The public keys of those who signed it. Compare them with the keys that you trust.
             * @example [
             *       "procedo+2a1c9a3e+AeZk0bK5sQm3o1vJ8nWq3j1rXk0o7mQW3mJc2m4b1B2C"
             *     ]
             */
            keys: string[];
        };
        /** @description The events that no signature covers. */
        UncoveredEvents: {
            /**
             * Format: int64
             * @description Their number.
             * @example 3
             */
            events: number;
            /**
             * Format: int64
             * @description The `seq` of the first of them.
             * @example 3
             */
            from_seq: number;
            /**
             * Format: int64
             * @description The `seq` of the last of them.
             * @example 5
             */
            to_seq: number;
        };
        /** @description The graph of a version: its steps, and everything that leads from a step to another or to the end. */
        ProcedureGraph: {
            /**
             * @description The id of the procedure.
             * @example incident-paiement-instantane
             */
            procedure_id: string;
            /**
             * @description The number of the version.
             * @example 1
             */
            version: number;
            /**
             * @description The key of the first step. If its own condition does not hold, its edge with `unless` is followed.
             * @example alert
             */
            start: string;
            /**
             * @description The steps in the order of the definition, and then the end.
             * @example [
             *       {
             *         "key": "alert",
             *         "title": "Alert",
             *         "type": "step",
             *         "skippable": false,
             *         "on_return": "blank"
             *       },
             *       {
             *         "key": "crisis",
             *         "title": "Crisis team",
             *         "type": "step",
             *         "when": "alert.severity == 'critical'",
             *         "skippable": false,
             *         "on_return": "blank"
             *       },
             *       {
             *         "key": "diagnosis",
             *         "title": "Diagnosis",
             *         "type": "step",
             *         "skippable": false,
             *         "on_return": "blank"
             *       },
             *       {
             *         "key": "end",
             *         "title": "end",
             *         "type": "end",
             *         "skippable": false,
             *         "on_return": "blank"
             *       }
             *     ]
             */
            nodes: components["schemas"]["GraphNode"][];
            /**
             * @description The edges by the step that they leave, in the order in which a run tries them.
             * @example [
             *       {
             *         "from": "alert",
             *         "to": "crisis",
             *         "default": true,
             *         "back": false
             *       },
             *       {
             *         "from": "crisis",
             *         "to": "diagnosis",
             *         "default": true,
             *         "back": false
             *       },
             *       {
             *         "from": "crisis",
             *         "to": "diagnosis",
             *         "unless": "alert.severity == 'critical'",
             *         "default": false,
             *         "back": false
             *       }
             *     ]
             */
            edges: components["schemas"]["GraphEdge"][];
        };
        /** @description The graph of a definition that is valid but not saved: the same as that of a version, without its id and number. */
        DefinitionGraph: {
            /**
             * @description The key of the first step.
             * @example only
             */
            start: string;
            /**
             * @description The steps in the order of the definition, and then the end.
             * @example [
             *       {
             *         "key": "only",
             *         "title": "Only",
             *         "type": "step",
             *         "skippable": false,
             *         "on_return": "blank"
             *       },
             *       {
             *         "key": "end",
             *         "title": "end",
             *         "type": "end",
             *         "skippable": false,
             *         "on_return": "blank"
             *       }
             *     ]
             */
            nodes: components["schemas"]["GraphNode"][];
            /**
             * @description The edges by the step that they leave, in the order in which a run tries them.
             * @example [
             *       {
             *         "from": "only",
             *         "to": "end",
             *         "default": true,
             *         "back": false
             *       }
             *     ]
             */
            edges: components["schemas"]["GraphEdge"][];
        };
        /** @description A step, or the end. */
        GraphNode: {
            /**
             * @description The key of the step; `end` for the end.
             * @example alert
             */
            key: string;
            /**
             * @description The title of the step, in the requested language if it is translated.
             * @example Alert
             */
            title: string;
            /**
             * @description Whether the node is a step or the end.
             * @example step
             * @enum {string}
             */
            type: "step" | "end";
            /**
             * @description The condition in CEL that decides whether the step applies; omitted if it always does.
             * @example alert.severity == 'critical'
             */
            when?: string;
            /**
             * @description Whether the step may be skipped. It is then left by the same edges as after a commit.
             * @example false
             */
            skippable: boolean;
            /**
             * @description What a new visit of the step begins with: `blank` or `keep`.
             * @example blank
             */
            on_return: string;
        };
        /** @description Something that leads from a step to another or to the end. */
        GraphEdge: {
            /**
             * @description The key of the step that the edge leaves.
             * @example alert
             */
            from: string;
            /**
             * @description The key of the step to which it leads; `end` for the end.
             * @example crisis
             */
            to: string;
            /**
             * @description The condition of a transition, in CEL. The edge is taken if it holds and those of the edges before it do
             *     not.
             * @example !service_restored
             */
            when?: string;
            /**
             * @description The step's own condition, in CEL. If it does not hold, the step is passed over: this edge is taken and no
             *     other.
             * @example alert.severity == 'critical'
             */
            unless?: string;
            /**
             * @description Whether the edge is taken if no condition of a transition holds.
             * @example true
             */
            default: boolean;
            /**
             * @description Whether the edge leads back, to the same or to an earlier step, which is then visited again.
             * @example false
             */
            back: boolean;
        };
        /**
         * @description A message of the event stream. On the wire it is text (server-sent events, WHATWG HTML, section 9.2): the lines
         *     `id` and `data` of one message, where `data` is the event as JSON on one line.
         */
        StreamMessage: {
            /**
             * @description The `seq` of the event, to be sent as `Last-Event-ID`.
             * @example 1
             */
            id: string;
            data: components["schemas"]["Event"];
        };
        /** @description The reason for ending a run. */
        RunFailure: {
            /**
             * @description The reason, 1 to 4,000 code points; 422 if it has no visible character.
             * @example Branch closed until Monday
             */
            reason: string;
        };
        /** @description The reason why a run was ended, with the time and the actor. */
        RunFailureReport: {
            /**
             * @description The reason; null if it was erased.
             * @example Branch closed until Monday
             */
            reason: string | null;
            /**
             * Format: date-time
             * @description The time at which the run was ended.
             * @example 2026-11-23T09:40:00.000000Z
             */
            at: string;
            /**
             * @description The actor who ended the run.
             * @example claire.martin
             */
            by: string;
        };
        /** @description A run in a list. */
        RunSummary: {
            /**
             * Format: uuid
             * @description The id of the run, a UUIDv7.
             * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
             */
            id: string;
            /**
             * @description The id of the procedure.
             * @example branch-network-recovery
             */
            procedure_id: string;
            /**
             * @description The version of the procedure. It never changes.
             * @example 1
             */
            procedure_version: number;
            /**
             * @description The user the run is for; null if it was erased.
             * @example agent-qa
             */
            user_id: string | null;
            /**
             * @description The client's own reference for the run; null if there is none or if it was erased.
             * @example INC-450123
             */
            reference: string | null;
            metadata: components["schemas"]["RunMetadata"];
            state: components["schemas"]["RunState"];
            /**
             * Format: int64
             * @description The revision of the run. Each accepted command that changes the run increments it, except an erasure.
             * @example 2
             */
            revision: number;
            /**
             * Format: int64
             * @description The number of events in the trail.
             * @example 5
             */
            seq: number;
            /**
             * @description The key of the open step; null if no step is open.
             * @example diagnosis
             */
            current_step: string | null;
            /**
             * @description The reason why the run was ended; null unless it failed.
             * @example null
             */
            failure: components["schemas"]["RunFailureReport"] | null;
            /**
             * Format: date-time
             * @description The time at which the run was created.
             * @example 2026-11-23T09:31:00.000000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description The time at which work on the run started; null before that.
             * @example 2026-11-23T09:32:00.000000Z
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @description The time of the last change.
             * @example 2026-11-23T09:32:00.000000Z
             */
            updated_at: string;
            /**
             * Format: date-time
             * @description The time at which the run was completed or failed; null before that.
             * @example null
             */
            closed_at: string | null;
            /**
             * @description The texts of the run that were erased and are therefore null. The set is open.
             * @example []
             */
            erased: ("reference" | "user_id" | "metadata" | "failure_reason" | OtherString)[];
        };
        /** @description A page of runs. */
        RunList: {
            /**
             * @description The entries, newest first.
             * @example [
             *       {
             *         "id": "0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f",
             *         "procedure_id": "branch-network-recovery",
             *         "procedure_version": 1,
             *         "user_id": "agent-qa",
             *         "reference": "INC-450123",
             *         "metadata": {
             *           "team": "network",
             *           "region": "west"
             *         },
             *         "state": "in_progress",
             *         "revision": 2,
             *         "seq": 5,
             *         "current_step": "diagnosis",
             *         "failure": null,
             *         "created_at": "2026-11-23T09:31:00.000000Z",
             *         "started_at": "2026-11-23T09:32:00.000000Z",
             *         "updated_at": "2026-11-23T09:32:00.000000Z",
             *         "closed_at": null,
             *         "erased": []
             *       }
             *     ]
             */
            items: components["schemas"]["RunSummary"][];
            /**
             * @description The cursor of the next page; absent on the last page.
             * @example cnVuczowMTk4YzBkZS03YTFiLTdjM2QtOWU0Zi01YTZiN2M4ZDllMGY
             */
            next_cursor?: string;
        };
        /** @description A run with its steps. */
        Run: {
            /**
             * Format: uuid
             * @description The id of the run, a UUIDv7.
             * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
             */
            id: string;
            /**
             * @description The id of the procedure.
             * @example branch-network-recovery
             */
            procedure_id: string;
            /**
             * @description The version of the procedure. It never changes.
             * @example 1
             */
            procedure_version: number;
            /**
             * @description The user the run is for; null if it was erased.
             * @example agent-qa
             */
            user_id: string | null;
            /**
             * @description The client's own reference for the run; null if there is none or if it was erased.
             * @example INC-450123
             */
            reference: string | null;
            metadata: components["schemas"]["RunMetadata"];
            state: components["schemas"]["RunState"];
            /**
             * Format: int64
             * @description The revision of the run. Each accepted command that changes the run increments it, except an erasure.
             * @example 2
             */
            revision: number;
            /**
             * Format: int64
             * @description The number of events in the trail.
             * @example 5
             */
            seq: number;
            /**
             * @description The key of the open step; null if no step is open.
             * @example diagnosis
             */
            current_step: string | null;
            /**
             * @description The reason why the run was ended; null unless it failed.
             * @example null
             */
            failure: components["schemas"]["RunFailureReport"] | null;
            /**
             * @description Whether the run would take another path with its present values. An amendment can change the result of a
             *     condition on the path; the exceptions of the run name these conditions.
             * @example false
             */
            diverged: boolean;
            /**
             * Format: date-time
             * @description The time at which the run was created.
             * @example 2026-11-23T09:31:00.000000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description The time at which work on the run started; null before that.
             * @example 2026-11-23T09:32:00.000000Z
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @description The time of the last change.
             * @example 2026-11-23T09:32:00.000000Z
             */
            updated_at: string;
            /**
             * Format: date-time
             * @description The time at which the run was completed or failed; null before that.
             * @example null
             */
            closed_at: string | null;
            /**
             * @description The texts of the run that were erased and are therefore null. The set is open.
             * @example []
             */
            erased: ("reference" | "user_id" | "metadata" | "failure_reason" | OtherString)[];
            progress: components["schemas"]["Progress"];
            /**
             * @description The steps, in the order of the definition.
             * @example [
             *       {
             *         "key": "trigger",
             *         "title": "Déclenchement",
             *         "state": "committed",
             *         "visit": 1,
             *         "earlier_visits": 0,
             *         "committed_at": "2026-11-23T09:32:00.000000Z",
             *         "committed_by": "agent-qa",
             *         "amended": false,
             *         "reason": null,
             *         "slots": {
             *           "incident_id": "INC-450123",
             *           "severity": "high"
             *         },
             *         "origins": {
             *           "incident_id": "manual",
             *           "severity": "manual"
             *         },
             *         "sensitive": [],
             *         "erased": [],
             *         "not_applicable": [],
             *         "checklist": [
             *           {
             *             "key": "acknowledged",
             *             "label": "Alerte acquittée",
             *             "required": true,
             *             "completed": true,
             *             "completed_at": "2026-11-23T09:32:00.000000Z",
             *             "completed_by": "agent-qa"
             *           }
             *         ]
             *       }
             *     ]
             */
            steps: components["schemas"]["RunStep"][];
            /**
             * @description Only in the answer to an erasure: what the erasure could not do. An issue `erasure.cache` means that a
             *     shared cache could not be reached, and may hold an earlier state of the run for up to an hour. An issue
             *     `erasure.files` means that the files of the database still hold what was erased; erase again later.
             * @example []
             */
            warnings?: components["schemas"]["Issue"][];
        };
        /**
         * @description The progress of a run.
         * @example {
         *       "steps": {
         *         "total": 2,
         *         "committed": 1,
         *         "skipped": 0,
         *         "not_applicable": 0
         *       },
         *       "checklist": {
         *         "total": 1,
         *         "completed": 1,
         *         "percentage": 100
         *       },
         *       "provisional": false
         *     }
         */
        Progress: {
            steps: components["schemas"]["StepProgress"];
            checklist: components["schemas"]["ChecklistProgress"];
            /**
             * @description Whether the result of an open condition could still change the totals.
             * @example false
             */
            provisional: boolean;
        };
        /**
         * @description The number of steps by state.
         * @example {
         *       "total": 5,
         *       "committed": 1,
         *       "skipped": 0,
         *       "not_applicable": 0
         *     }
         */
        StepProgress: {
            /**
             * @description The number of all steps.
             * @example 5
             */
            total: number;
            /**
             * @description The number of committed steps.
             * @example 1
             */
            committed: number;
            /**
             * @description The number of skipped steps.
             * @example 0
             */
            skipped: number;
            /**
             * @description The number of steps that do not apply.
             * @example 0
             */
            not_applicable: number;
        };
        /**
         * @description The number of checklist items in the steps that apply.
         * @example {
         *       "total": 10,
         *       "completed": 2,
         *       "percentage": 20
         *     }
         */
        ChecklistProgress: {
            /**
             * @description The number of all items.
             * @example 10
             */
            total: number;
            /**
             * @description The number of ticked items.
             * @example 2
             */
            completed: number;
            /**
             * Format: double
             * @description The percentage of items that are ticked, rounded half up to one decimal; null if there are no items.
             * @example 20
             */
            percentage: number | null;
        };
        /** @description The current visit of a step. */
        RunStep: {
            /**
             * @description The step's key.
             * @example trigger
             */
            key: string;
            /**
             * @description The title of the step, in the requested language if it is translated.
             * @example Déclenchement
             */
            title: string;
            state: components["schemas"]["StepState"];
            /**
             * @description The number of the current visit; 0 if the step has not been reached.
             * @example 1
             */
            visit: number;
            /**
             * @description The number of earlier visits.
             * @example 0
             */
            earlier_visits: number;
            /**
             * Format: date-time
             * @description The time at which the step was committed or skipped.
             * @example 2026-11-23T09:32:00.000000Z
             */
            committed_at: string | null;
            /**
             * @description The actor who committed or skipped the step.
             * @example agent-qa
             */
            committed_by: string | null;
            /**
             * @description Whether the step was amended.
             * @example false
             */
            amended: boolean;
            /**
             * @description The reason why the step was skipped; null if it was not skipped, or if the reason was erased.
             * @example null
             */
            reason: string | null;
            slots: components["schemas"]["Values"];
            origins: components["schemas"]["Origins"];
            /**
             * @description The names of the slots that have a sensitive value. Their value is shown as null. A value that was erased is
             *     under `erased` only.
             * @example [
             *       "customer_iban"
             *     ]
             */
            sensitive: string[];
            /**
             * @description The names of the slots whose value was erased and is therefore null. In a skipped step, which has no values,
             *     `reason` stands for the reason of the skip.
             * @example []
             */
            erased: string[];
            /**
             * @description The slots and items that do not apply: for an open step according to its draft, for a committed step as of
             *     its commit.
             * @example []
             */
            not_applicable: string[];
            /**
             * @description The items that apply or may still apply, in the order of the definition.
             * @example [
             *       {
             *         "key": "acknowledged",
             *         "label": "Alerte acquittée",
             *         "required": true,
             *         "completed": true,
             *         "completed_at": "2026-11-23T09:32:00.000000Z",
             *         "completed_by": "agent-qa"
             *       }
             *     ]
             */
            checklist: components["schemas"]["RunChecklistItem"][];
        };
        /** @description The state of a checklist item. */
        RunChecklistItem: {
            /**
             * @description The key of the item.
             * @example acknowledged
             */
            key: string;
            /**
             * @description The label of the item, in the requested language if it is translated.
             * @example Alerte acquittée
             */
            label: string;
            /**
             * @description Whether the item must be ticked for a commit.
             * @example true
             */
            required: boolean;
            /**
             * @description Whether the item is ticked.
             * @example true
             */
            completed: boolean;
            /**
             * Format: date-time
             * @description The time at which the item was ticked; null if it is not ticked.
             * @example 2026-11-23T09:32:00.000000Z
             */
            completed_at: string | null;
            /**
             * @description The actor who ticked the item; null if it is not ticked.
             * @example agent-qa
             */
            completed_by: string | null;
        };
        /** @description An immutable fact in an audit trail. `hash` is hex(SHA-256(prev_hash as 32 bytes ‖ canonical)). */
        Event: {
            /**
             * @description The id of the event: `<entity_id>/<seq>`.
             * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f/1
             */
            id: string;
            /**
             * @description The type of the entity that the event belongs to.
             * @example run
             * @enum {string}
             */
            entity_type: "run" | "procedure";
            /**
             * @description The id of the run or procedure that the event belongs to.
             * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
             */
            entity_id: string;
            /**
             * Format: int64
             * @description The sequence number of the event in the trail of its entity, from 1 without gaps.
             * @example 1
             */
            seq: number;
            action: components["schemas"]["Action"];
            /**
             * @description The actor.
             * @example claire.martin
             */
            actor: string;
            /**
             * Format: date-time
             * @description The time of the event.
             * @example 2026-11-23T09:31:00.000000Z
             */
            occurred_at: string;
            /**
             * @description The data of the event; its members depend on the action. Numeric slot values are strings, sensitive values
             *     are `{sealed}`, the digest of a salt and the value. What somebody typed stands in the hashed form as a
             *     commitment, `{sha256}`; here, the disclosed values are in its place. A commitment that remains was erased
             *     or, in a bundle, withheld.
             * @example {
             *       "digest": "sha256:f76b2d09ccd3e5449ee423c1d85d619abf42a63648fbf723b86e4c60cf326e9e",
             *       "procedure_id": "branch-network-recovery",
             *       "procedure_version": 1,
             *       "reference": "INC-450123",
             *       "request_id": "5d1c8a70-start",
             *       "user_id": "agent-qa"
             *     }
             */
            payload: {
                [key: string]: unknown;
            };
            /**
             * @description The disclosed values with the salts of their commitments, by the JSON Pointer of the commitment in the
             *     hashed payload. A commitment is the SHA-256 of the salt's 16 bytes followed by the value in RFC 8785 form,
             *     in base64url without padding. Absent if nothing is disclosed.
             * @example {
             *       "/reference": {
             *         "salt": "AAECAwQFBgcICQoLDA0ODw",
             *         "value": "INC-450123"
             *       }
             *     }
             */
            disclosures?: {
                [key: string]: components["schemas"]["Disclosure"];
            };
            /**
             * @description The exact bytes that were hashed (RFC 8785).
             * @example {"action":"run.created","actor":"claire.martin","entity_id":"0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f","entity_type":"run","id":"0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f/1","occurred_at":"2026-11-23T09:31:00.000000Z","payload":{"digest":"sha256:f76b2d09ccd3e5449ee423c1d85d619abf42a63648fbf723b86e4c60cf326e9e","procedure_id":"branch-network-recovery","procedure_version":1,"reference":"INC-450123","request_id":"5d1c8a70-start","user_id":"agent-qa"},"seq":1,"v":1}
             */
            canonical: string;
            /**
             * @description The hash of the previous event; 64 zeros for the first event.
             * @example 0000000000000000000000000000000000000000000000000000000000000000
             */
            prev_hash: string;
            /**
             * @description The hash of the event.
             * @example 85ae0bb3869067d16d4ebfad68753b0eb6108560b78492fde0bac09df0f59f7d
             */
            hash: string;
        };
        /** @description A value that somebody typed, and the salt of its commitment. */
        Disclosure: {
            /**
             * @description 16 random bytes, in base64url without padding.
             * @example AAECAwQFBgcICQoLDA0ODw
             */
            salt: string;
            /**
             * @description The value, as it was typed.
             * @example INC-450123
             */
            value: string | number | boolean | unknown[] | Record<string, never> | null;
        };
        /** @description A page of events. */
        EventList: {
            /**
             * @description The events, in the order of the list.
             * @example [
             *       {
             *         "id": "0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f/1",
             *         "entity_type": "run",
             *         "entity_id": "0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f",
             *         "seq": 1,
             *         "action": "run.created",
             *         "actor": "claire.martin",
             *         "occurred_at": "2026-11-23T09:31:00.000000Z",
             *         "payload": {
             *           "digest": "sha256:f76b2d09ccd3e5449ee423c1d85d619abf42a63648fbf723b86e4c60cf326e9e",
             *           "procedure_id": "branch-network-recovery",
             *           "procedure_version": 1,
             *           "reference": "INC-450123",
             *           "request_id": "5d1c8a70-start",
             *           "user_id": "agent-qa"
             *         },
             *         "canonical": "{\"action\":\"run.created\",\"actor\":\"claire.martin\",\"entity_id\":\"0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f\",\"entity_type\":\"run\",\"id\":\"0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f/1\",\"occurred_at\":\"2026-11-23T09:31:00.000000Z\",\"payload\":{\"digest\":\"sha256:f76b2d09ccd3e5449ee423c1d85d619abf42a63648fbf723b86e4c60cf326e9e\",\"procedure_id\":\"branch-network-recovery\",\"procedure_version\":1,\"reference\":\"INC-450123\",\"request_id\":\"5d1c8a70-start\",\"user_id\":\"agent-qa\"},\"seq\":1,\"v\":1}",
             *         "prev_hash": "0000000000000000000000000000000000000000000000000000000000000000",
             *         "hash": "85ae0bb3869067d16d4ebfad68753b0eb6108560b78492fde0bac09df0f59f7d"
             *       }
             *     ]
             */
            items: components["schemas"]["Event"][];
            /**
             * @description The cursor of the next page; absent on the last page.
             * @example cnVuczowMTk4YzBkZS03YTFiLTdjM2QtOWU0Zi01YTZiN2M4ZDllMGY
             */
            next_cursor?: string;
        };
        /**
         * @description An event that a reviewer should see.
         * @example {
         *       "seq": 5,
         *       "kind": "amendment",
         *       "action": "step.amended",
         *       "actor": "agent-qa",
         *       "occurred_at": "2026-11-23T09:41:00.000000Z",
         *       "step": "diagnosis",
         *       "visit": 1,
         *       "reason": "Read from the wrong log",
         *       "code": null,
         *       "issues": [],
         *       "slots": [
         *         "cause"
         *       ],
         *       "origins": {},
         *       "divergences": [],
         *       "texts": [],
         *       "places": []
         *     }
         */
        RunException: {
            /**
             * Format: int64
             * @description The sequence number of the event in the trail of the run.
             * @example 5
             */
            seq: number;
            /**
             * @description The kind of exception. `unproven` is an event of an actor whom nobody authenticated, if the event before it was
             *     of another actor. If such an event is an exception of another kind, the member `unproven` says so. The set is
             *     open.
             * @example amendment
             */
            kind: "refusal" | "amendment" | "skip" | "repeated_visit" | "not_by_hand" | "reveal" | "unproven" | "erasure" | OtherString;
            action: components["schemas"]["Action"];
            /**
             * @description The actor.
             * @example agent-qa
             */
            actor: string;
            /**
             * Format: date-time
             * @description The time of the event.
             * @example 2026-11-23T09:41:00.000000Z
             */
            occurred_at: string;
            /**
             * @description The key of the step; null if the event concerns the whole run.
             * @example diagnosis
             */
            step: string | null;
            /**
             * @description The visit of the step; null if the event names none.
             * @example 1
             */
            visit: number | null;
            /**
             * @description The reason given; null if there is none.
             * @example Read from the wrong log
             */
            reason: string | null;
            /**
             * @description The code of the problem if the event is a refusal, otherwise null.
             * @example null
             */
            code: components["schemas"]["ProblemCode"] | null;
            /**
             * @description The issues if the event is a refusal.
             * @example []
             */
            issues: components["schemas"]["Issue"][];
            /**
             * @description The slots that were amended, dropped or erased.
             * @example [
             *       "cause"
             *     ]
             */
            slots: string[];
            /**
             * @description The source of the values that were not entered by hand, by slot.
             * @example {}
             */
            origins: {
                [key: string]: components["schemas"]["Origin"];
            };
            /**
             * @description If the event is an amendment, all conditions on the path of the run that would now have another result.
             * @example []
             */
            divergences: components["schemas"]["Divergence"][];
            /**
             * @description The texts that an erasure has removed from the run. The set is open.
             * @example []
             */
            texts: ("reference" | "user_id" | "metadata" | "skip_reason" | "failure_reason" | OtherString)[];
            /**
             * @description The places in the trail that an erasure has removed.
             * @example []
             */
            places: components["schemas"]["TrailPlace"][];
            /**
             * @description Whether nobody authenticated the actor and the event before it was of another actor. It is left out if not.
             * @example true
             */
            unproven?: boolean;
        };
        /**
         * @description A place in the trail of a run.
         * @example {
         *       "seq": 9,
         *       "place": "/reason"
         *     }
         */
        TrailPlace: {
            /**
             * Format: int64
             * @description The sequence number of the event.
             * @example 9
             */
            seq: number;
            /**
             * @description A JSON Pointer, relative to the payload of the event.
             * @example /reason
             */
            place: string;
        };
        /** @description A condition on the path of a run that would now have another result. */
        Divergence: {
            /**
             * @description The key of the step that has the condition.
             * @example diagnosis
             */
            step: string;
            /**
             * @description The JSON pointer of the condition in the definition.
             * @example /steps/1/transitions/0/when
             */
            condition: string;
            /**
             * @description The condition in CEL.
             * @example diagnosis.severity == 'high'
             */
            expression: string;
            /**
             * @description The result that led to the path.
             * @example true
             */
            decided: boolean;
            /**
             * @description The result with the present values.
             * @example false
             */
            now: boolean;
        };
        /** @description A page of exceptions. */
        RunExceptionList: {
            /**
             * @description The exceptions, oldest first.
             * @example [
             *       {
             *         "seq": 5,
             *         "kind": "amendment",
             *         "action": "step.amended",
             *         "actor": "agent-qa",
             *         "occurred_at": "2026-11-23T09:41:00.000000Z",
             *         "step": "diagnosis",
             *         "visit": 1,
             *         "reason": "Read from the wrong log",
             *         "code": null,
             *         "issues": [],
             *         "slots": [
             *           "cause"
             *         ],
             *         "origins": {},
             *         "divergences": [],
             *         "texts": [],
             *         "places": []
             *       }
             *     ]
             */
            items: components["schemas"]["RunException"][];
            /**
             * @description The cursor of the next page; absent on the last page.
             * @example cnVuczowMTk4YzBkZS03YTFiLTdjM2QtOWU0Zi01YTZiN2M4ZDllMGY
             */
            next_cursor?: string;
        };
        /** @description The evidence of a run. */
        Bundle: {
            /**
             * @description The format of this document. Bundles of releases whose checkpoints formed no log have the format
             *     `procedo-bundle/1`; they still verify.
             * @example procedo-bundle/2
             */
            format: "procedo-bundle/2" | "procedo-bundle/1" | OtherString;
            /**
             * Format: uuid
             * @description The run.
             * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
             */
            run_id: string;
            procedure: components["schemas"]["BundleProcedure"];
            /**
             * @description The complete trail, oldest event first.
             * @example [
             *       {
             *         "id": "0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f/1",
             *         "entity_type": "run",
             *         "entity_id": "0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f",
             *         "seq": 1,
             *         "action": "run.created",
             *         "actor": "claire.martin",
             *         "occurred_at": "2026-11-23T09:31:00.000000Z",
             *         "payload": {
             *           "digest": "sha256:f76b2d09ccd3e5449ee423c1d85d619abf42a63648fbf723b86e4c60cf326e9e",
             *           "procedure_id": "branch-network-recovery",
             *           "procedure_version": 1,
             *           "reference": "INC-450123",
             *           "request_id": "5d1c8a70-start",
             *           "user_id": "agent-qa"
             *         },
             *         "canonical": "{\"action\":\"run.created\",\"actor\":\"claire.martin\",\"entity_id\":\"0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f\",\"entity_type\":\"run\",\"id\":\"0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f/1\",\"occurred_at\":\"2026-11-23T09:31:00.000000Z\",\"payload\":{\"digest\":\"sha256:f76b2d09ccd3e5449ee423c1d85d619abf42a63648fbf723b86e4c60cf326e9e\",\"procedure_id\":\"branch-network-recovery\",\"procedure_version\":1,\"reference\":\"INC-450123\",\"request_id\":\"5d1c8a70-start\",\"user_id\":\"agent-qa\"},\"seq\":1,\"v\":1}",
             *         "prev_hash": "0000000000000000000000000000000000000000000000000000000000000000",
             *         "hash": "85ae0bb3869067d16d4ebfad68753b0eb6108560b78492fde0bac09df0f59f7d"
             *       }
             *     ]
             */
            events: components["schemas"]["Event"][];
            checkpoint?: components["schemas"]["BundleCheckpoint"];
        };
        /**
         * @description Proof that a signed checkpoint covers the trail up to `seq`: the audit paths from the leaf of the run, and from
         *     the header of the checkpoint, to the root of the Merkle tree of the log that all checkpoints form (RFC 6962,
         *     section 2.1.1). The leaf is the text `run <run_id> <seq> <hash>` followed by a line feed. A checkpoint of a
         *     release without such a log has no header, and a tree of its own. Absent if no checkpoint covers the run yet.
         * @example {
         *       "note": "example.com/procedo\n4\nRs0yWLjCAs2s3Z852DJMxnfj7xrIq3QKKh3QzVlrXdg=\n\n— procedo +DO5pLXOj7LBH2xINW/RDFRoZhf3hWHKcfff1nuLgvJLDUPsQS/+quBVhJzHi9rEG0Wsot9x/7IQBZ16nYXg9nHoLwA=\n",
         *       "header": "checkpoint 1 2026-11-23T10:00:00.000000Z 2 2 run 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f 2 procedo+f833b9a4+Aa8Go+MpFxTk81bBnJsVzRlR7G5mYqp3vgdUfyiTgzQd\n",
         *       "header_path": [
         *         "f64128f219375179698f9ee4229fd0aaab07f0bf3e99fea3456f48095c56df36",
         *         "a514ada4b556c1ebe2f5e35d15153519b3a285f0f989fb6b722cd8bfac9b16a6"
         *       ],
         *       "seq": 2,
         *       "hash": "a05be4fc82f54242bccf3bcf57efce322dcd355d6ae1c1e951d93f1daf594a0d",
         *       "index": 3,
         *       "path": [
         *         "30a15e84d877d2d87b0529e7fd3453f602f278b9add6ce04d9f6d478731c7a7f",
         *         "e96069720e1c0fe52afd770cd5e14a122a1714f54661d769a756ee0914545cdf"
         *       ]
         *     }
         */
        BundleCheckpoint: {
            /**
             * @description The checkpoint as a signed note (C2SP tlog-checkpoint): the name of the log, its number of leaves and the root
             *     of its tree in base64; an empty line; and one line for each signature. Witnesses may have signed it too.
             * @example example.com/procedo
             *     4
             *     Rs0yWLjCAs2s3Z852DJMxnfj7xrIq3QKKh3QzVlrXdg=
             *     …
             */
            note: string;
            /**
             * @description The first leaf of the checkpoint in the log: `checkpoint <number> <time> <leaves> <until> <keys>`, followed by
             *     a line feed. It names the keys that signed the note.
             * @example checkpoint 1 2026-11-23T10:00:00.000000Z 2 2 run 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f 2 procedo+f833b9a4+Aa8Go+MpFxTk81bBnJsVzRlR7G5mYqp3vgdUfyiTgzQd
             */
            header?: string;
            /**
             * @description The audit path from the header to the root, as hexadecimal SHA-256 hashes. The index of the header is the
             *     number of leaves of the log, less the number of leaves in the header, less 1.
             * @example [
             *       "f64128f219375179698f9ee4229fd0aaab07f0bf3e99fea3456f48095c56df36",
             *       "a514ada4b556c1ebe2f5e35d15153519b3a285f0f989fb6b722cd8bfac9b16a6"
             *     ]
             */
            header_path?: string[];
            /**
             * Format: int64
             * @description The sequence number of the last event that the checkpoint covers. The run may have later events.
             * @example 2
             */
            seq: number;
            /**
             * @description The hash of that event.
             * @example a05be4fc82f54242bccf3bcf57efce322dcd355d6ae1c1e951d93f1daf594a0d
             */
            hash: string;
            /**
             * Format: int64
             * @description The index of the leaf of the run in the log, from 0. Without a header, its index among the leaves of the
             *     checkpoint.
             * @example 3
             */
            index: number;
            /**
             * @description The audit path from the leaf to the root, as hexadecimal SHA-256 hashes.
             * @example [
             *       "30a15e84d877d2d87b0529e7fd3453f602f278b9add6ce04d9f6d478731c7a7f",
             *       "e96069720e1c0fe52afd770cd5e14a122a1714f54661d769a756ee0914545cdf"
             *     ]
             */
            path: string[];
        };
        /** @description A signed checkpoint, as an audit sink receives it. */
        CheckpointRecord: {
            /**
             * Format: int64
             * @description The number of the checkpoint.
             * @example 1
             */
            checkpoint: number;
            /**
             * @description The checkpoint as a signed note (C2SP tlog-checkpoint): the name of the log, its number of leaves and the root
             *     of its tree in base64; an empty line; and one line for each signature.
             * @example example.com/procedo
             *     4
             *     Rs0yWLjCAs2s3Z852DJMxnfj7xrIq3QKKh3QzVlrXdg=
             *     …
             */
            note: string;
            /**
             * @description The first leaf of the checkpoint in the log: `checkpoint <number> <time> <leaves> <until> <keys>`, followed by
             *     a line feed. Absent if the checkpoint was made by a release without a log.
             * @example checkpoint 1 2026-11-23T10:00:00.000000Z 2 2 run 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f 2 procedo+f833b9a4+Aa8Go+MpFxTk81bBnJsVzRlR7G5mYqp3vgdUfyiTgzQd
             */
            header?: string;
        };
        /**
         * @description The version of the procedure that the run executes.
         * @example {
         *       "id": "branch-network-recovery",
         *       "version": 1,
         *       "digest": "sha256:f76b2d09ccd3e5449ee423c1d85d619abf42a63648fbf723b86e4c60cf326e9e",
         *       "document": "{\"description\":\"À suivre quand une agence perd son réseau.\",\"id\":\"branch-network-recovery\",\"language\":\"fr\",\"metadata\":{\"owner\":\"Exploitation réseau\",\"tags\":[\"réseau\",\"astreinte\"]},\"name\":\"Rétablissement réseau d’agence\",\"steps\":[{\"checklist_items\":[{\"key\":\"acknowledged\",\"label\":\"Alerte acquittée\",\"required\":true,\"translations\":{\"en\":{\"label\":\"Alert acknowledged\"}}}],\"key\":\"trigger\",\"prompt\":\"Enregistrez l’alerte et acquittez-la.\",\"slots\":[{\"label\":\"Numéro d’incident\",\"name\":\"incident_id\",\"type\":\"string\",\"validate\":\"INC-[0-9]{6}\"},{\"label\":\"Gravité\",\"name\":\"severity\",\"options\":[\"low\",\"high\"],\"type\":\"enum\"}],\"title\":\"Déclenchement\",\"translations\":{\"en\":{\"prompt\":\"Record the alert and acknowledge it.\",\"title\":\"Trigger\"}}},{\"key\":\"diagnosis\",\"prompt\":\"Identifiez l’équipement en panne.\",\"slots\":[{\"label\":\"Cause\",\"name\":\"cause\",\"type\":\"text\"},{\"label\":\"Perte de paquets (%)\",\"max\":\"100\",\"min\":\"0\",\"name\":\"packet_loss\",\"required\":false,\"type\":\"number\"}],\"title\":\"Diagnostic\",\"translations\":{\"en\":{\"title\":\"Diagnosis\"}}}],\"translations\":{\"en\":{\"description\":\"What to do when a branch loses its network.\",\"name\":\"Branch network recovery\"}}}"
         *     }
         */
        BundleProcedure: {
            /**
             * @description The procedure's id.
             * @example branch-network-recovery
             */
            id: string;
            /**
             * @description The version number.
             * @example 1
             */
            version: number;
            /**
             * @description The SHA-256 of the bytes of the document.
             * @example sha256:f76b2d09ccd3e5449ee423c1d85d619abf42a63648fbf723b86e4c60cf326e9e
             */
            digest: string;
            /**
             * @description The canonical form of the definition, as a string. Its SHA-256 is the digest.
             * @example {"description":"À suivre quand une agence perd son réseau.","id":"branch-network-recovery","language":"fr","metadata":{"owner":"Exploitation réseau","tags":["réseau","astreinte"]},"name":"Rétablissement réseau d’agence","steps":[{"checklist_items":[{"key":"acknowledged","label":"Alerte acquittée","required":true,"translations":{"en":{"label":"Alert acknowledged"}}}],"key":"trigger","prompt":"Enregistrez l’alerte et acquittez-la.","slots":[{"label":"Numéro d’incident","name":"incident_id","type":"string","validate":"INC-[0-9]{6}"},{"label":"Gravité","name":"severity","options":["low","high"],"type":"enum"}],"title":"Déclenchement","translations":{"en":{"prompt":"Record the alert and acknowledge it.","title":"Trigger"}}},{"key":"diagnosis","prompt":"Identifiez l’équipement en panne.","slots":[{"label":"Cause","name":"cause","type":"text"},{"label":"Perte de paquets (%)","max":"100","min":"0","name":"packet_loss","required":false,"type":"number"}],"title":"Diagnostic","translations":{"en":{"title":"Diagnosis"}}}],"translations":{"en":{"description":"What to do when a branch loses its network.","name":"Branch network recovery"}}}
             */
            document: string;
        };
        /** @description The health of the service. */
        Health: {
            /**
             * @description Always `ok`. Any other health is reported as a problem.
             * @example ok
             */
            status: "ok" | OtherString;
            /**
             * @description What an operator should correct although the service works; absent if there is nothing. The field names what
             *     the warning is about: `clock`, with the code `service.clock_behind_checkpoint`.
             * @example [
             *       {
             *         "field": "clock",
             *         "code": "service.clock_behind_checkpoint",
             *         "params": {
             *           "seconds": 30
             *         },
             *         "message": "The system clock is 30 seconds behind the newest checkpoint. Until it catches up, events get the time of that checkpoint. Check the time service of this machine."
             *       }
             *     ]
             */
            warnings?: components["schemas"]["Issue"][];
        };
        /** @description The caller. */
        Me: {
            /**
             * @description The actor in the trail: `ALIAS:SUB` for a token of an issuer, `token:NAME` for an API token, and the header
             *     `X-Actor` where nobody is authenticated.
             * @example corp:7d2f4c1e
             */
            actor: string;
            via: components["schemas"]["Via"];
            /**
             * @description The name that the issuer gives the caller. Absent if it gives none.
             * @example Claire Martin
             */
            name?: string;
            /**
             * @description The URL of the issuer of the token. Absent without one.
             * @example https://login.example.com/realms/bank
             */
            issuer?: string;
            /**
             * @description The roles of the caller.
             * @example [
             *       "operator"
             *     ]
             */
            roles: components["schemas"]["Role"][];
            /**
             * @description What these roles permit, as operations name it under `x-permission`.
             * @example [
             *       "work"
             *     ]
             */
            permissions: string[];
            /**
             * @description The groups of the caller, as the token names them.
             * @example [
             *       "branch-support"
             *     ]
             */
            groups: string[];
            agent?: components["schemas"]["ActingAgent"];
            /**
             * Format: date-time
             * @description When the token expires. Absent if it does not.
             * @example 2026-11-23T10:35:00.000000Z
             */
            expires_at?: string;
        };
        /**
         * @description How the caller was authenticated: `oidc` by a token of an issuer, `token` by an API token, `none` not at all.
         *     Events of commands on the database itself have `system`.
         * @example oidc
         */
        Via: "none" | "oidc" | "token" | "system" | OtherString;
        /**
         * @description A set of permissions.
         * @example operator
         */
        Role: "author" | "operator" | "reviewer" | "auditor" | "admin" | OtherString;
        /**
         * @description A request to reveal a sensitive value.
         * @example {
         *       "reason": "Calling the customer back"
         *     }
         */
        Reveal: {
            /**
             * @description The reason, 1 to 4,000 code points; 422 if it is absent or has no visible character.
             * @example Calling the customer back
             */
            reason: string;
            /**
             * @description The visit of the step; the current one if omitted.
             * @example 1
             */
            visit?: number | null;
        };
        /** @description The plain value of a sensitive slot. */
        RevealedValue: {
            /**
             * @description The id of the run.
             * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
             */
            run_id: string;
            /**
             * @description The key of the step.
             * @example identify
             */
            step: string;
            /**
             * @description The name of the slot.
             * @example affected_iban
             */
            slot: string;
            /**
             * Format: int64
             * @description The visit of the step.
             * @example 1
             */
            visit: number;
            /**
             * @description The value, as a run shows it: a string, a number (an exact decimal), true or false, or a list of strings for
             *     `multi_enum`.
             * @example CH9300762011623852957
             */
            value: string | number | boolean | string[];
            /**
             * Format: int64
             * @description The number of the event that records who was shown the value.
             * @example 9
             */
            seq: number;
        };
        /** @description The assistant or program that acts for the caller (RFC 8693). */
        ActingAgent: {
            /**
             * @description The URL of its issuer. Absent if the token does not say.
             * @example https://login.example.com/realms/bank
             */
            iss?: string;
            /**
             * @description Its subject.
             * @example runbook-assistant
             */
            sub: string;
            /**
             * @description Its name. Absent if the token has none.
             * @example Runbook assistant
             */
            name?: string;
            /**
             * @description The subjects of those that acted before it, the latest first. Absent if there were none.
             * @example [
             *       "chat-service"
             *     ]
             */
            chain?: string[];
        };
        /** @description Metadata of a protected resource (RFC 9728, section 2). */
        ResourceMetadata: {
            /**
             * @description The address under which the caller reached this service.
             * @example https://procedo.example
             */
            resource: string;
            /**
             * @description The name of the service.
             * @example Procedo
             */
            resource_name: string;
            /**
             * @description The address of the API reference.
             * @example https://procedo.example/docs/
             */
            resource_documentation: string;
            /**
             * @description The URLs of the issuers. Absent if the service accepts only its own API tokens.
             * @example [
             *       "https://login.example.com/realms/bank"
             *     ]
             */
            authorization_servers?: string[];
            /**
             * @description Always `header`.
             * @example [
             *       "header"
             *     ]
             */
            bearer_methods_supported: string[];
        };
        /**
         * @description The service and the addresses of its main parts.
         * @example {
         *       "name": "Procedo",
         *       "version": "1.0.0",
         *       "links": {
         *         "console": "/ui/",
         *         "contract": "/openapi.yaml",
         *         "docs": "/docs/",
         *         "procedures": "/procedures",
         *         "runs": "/runs"
         *       }
         *     }
         */
        Home: {
            /**
             * @description Always `Procedo`.
             * @example Procedo
             */
            name: string;
            /**
             * @description The version of the program.
             * @example 1.0.0
             */
            version: string;
            /**
             * @description Addresses by name, such as `contract`, `procedures`, `runs`, `problems` and `schemas`; `console`,
             *     `docs` and `mcp` only if the server offers the console, the API reference and the tools for assistants. More may
             *     be added.
             * @example {
             *       "console": "/ui/",
             *       "contract": "/openapi.yaml",
             *       "docs": "/docs/",
             *       "procedures": "/procedures",
             *       "runs": "/runs"
             *     }
             */
            links: {
                [key: string]: string;
            };
        };
        /** @description The JSON Schemas. */
        SchemaList: {
            /**
             * @description The schemas, that of the newest format first.
             * @example [
             *       {
             *         "name": "json_schema_procedure_v2.json",
             *         "title": "Procedo definition, format 2",
             *         "url": "/schemas/json_schema_procedure_v2.json"
             *       }
             *     ]
             */
            items: components["schemas"]["SchemaSummary"][];
        };
        /** @description A JSON Schema. */
        SchemaSummary: {
            /**
             * @description The file name.
             * @example json_schema_procedure_v2.json
             */
            name: string;
            /**
             * @description The title of the schema, in English.
             * @example Procedo definition, format 2
             */
            title: string;
            /**
             * Format: uri-reference
             * @description The address of the schema, which is also its `$id`.
             * @example /schemas/json_schema_procedure_v2.json
             */
            url: string;
        };
        /** @description The types of problems and the codes of issues. */
        ProblemTypeList: {
            /**
             * @description The types of problems, by code.
             * @example [
             *       {
             *         "type": "/problems/step-out-of-order",
             *         "code": "step.out_of_order",
             *         "title": "Step out of order",
             *         "status": 409,
             *         "description": "The step is not the current one."
             *       }
             *     ]
             */
            items: components["schemas"]["ProblemType"][];
            /**
             * @description The codes of issues.
             * @example [
             *       {
             *         "code": "validation.required",
             *         "message": "A value is required."
             *       }
             *     ]
             */
            issues: components["schemas"]["IssueType"][];
        };
        /** @description A type of problem. */
        ProblemType: {
            /**
             * Format: uri-reference
             * @description The `type` of such problems, and the address of this explanation.
             * @example /problems/step-out-of-order
             */
            type: string;
            /**
             * @description The `code` of such problems.
             * @example step.out_of_order
             */
            code: string;
            /**
             * @description The `title` of such problems, in the reader's language.
             * @example Step out of order
             */
            title: string;
            /**
             * @description The HTTP status of such problems.
             * @example 409
             */
            status: number;
            /**
             * @description What the problem means and what to do, in the reader's language. Words in backquotes are code.
             * @example Steps are done one after another, and this step is not the open one.
             */
            description: string;
        };
        /** @description A code of issues. */
        IssueType: {
            /**
             * @description The `code` of such issues.
             * @example validation.min
             */
            code: string;
            /**
             * @description The message in the reader's language, with the names of `params` in braces.
             * @example This must be at least {min}.
             */
            message: string;
        };
        /** @description An error in the data that is checked. */
        CheckIssue: {
            /**
             * @description The location; empty for a problem: `slots.<name>`, `checklist.<key>`, a JSON pointer into a definition or body, or `query.…`,
             *     `header.…`, `path.…`.
             * @example slots.severity
             */
            field: string;
            /**
             * @description The code of an issue or, if data would be refused without issues, of the problem, such as `condition.failed`.
             * @example validation.required
             */
            code: string;
            /**
             * @description The parameters of the message, for clients with their own texts. They never contain the submitted value.
             * @example {
             *       "allowed": [
             *         "low",
             *         "high"
             *       ]
             *     }
             */
            params: {
                [key: string]: unknown;
            };
            /**
             * @description The message, in the requested language.
             * @example This must be one of: low, high.
             */
            message: string;
        };
        /** @description An error in submitted data. */
        Issue: {
            /**
             * @description The location: `slots.<name>`, `checklist.<key>`, a JSON pointer into a definition or body, or `query.…`,
             *     `header.…`, `path.…`.
             * @example slots.severity
             */
            field: string;
            code: components["schemas"]["IssueCode"];
            /**
             * @description The parameters of the message, for clients with their own texts. They never contain the submitted value.
             * @example {
             *       "allowed": [
             *         "low",
             *         "high"
             *       ]
             *     }
             */
            params: {
                [key: string]: unknown;
            };
            /**
             * @description The message, in the requested language.
             * @example This must be one of: low, high.
             */
            message: string;
        };
        /** @description A problem document (RFC 9457). */
        Problem: {
            /**
             * @description A URI reference that identifies the problem type.
             * @example /problems/step-out-of-order
             */
            type: string;
            /**
             * @description A short summary of the problem type, in the requested language.
             * @example Step out of order
             */
            title: string;
            /**
             * @description The HTTP status code.
             * @example 409
             */
            status: number;
            /**
             * @description An explanation of this occurrence, in the requested language.
             * @example The open step is “diagnosis”.
             */
            detail: string;
            /**
             * @description The path of the request.
             * @example /runs/0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
             */
            instance: string;
            code: components["schemas"]["ProblemCode"];
            /**
             * @description Machine-readable details. For a conflict of a run: `state`, `revision`, `current_step` and `visit`.
             * @example {
             *       "state": "in_progress",
             *       "revision": 2,
             *       "current_step": "diagnosis",
             *       "visit": 1
             *     }
             */
            params: {
                [key: string]: unknown;
            };
            /**
             * @description The number of all issues; absent if there are none.
             * @example 1
             */
            issue_count?: number;
            /**
             * @description The issues of the submitted data, at most the first 256.
             * @example [
             *       {
             *         "field": "slots.severity",
             *         "code": "validation.enum",
             *         "params": {
             *           "allowed": [
             *             "low",
             *             "high"
             *           ]
             *         },
             *         "message": "This must be one of: low, high."
             *       }
             *     ]
             */
            issues?: components["schemas"]["Issue"][];
        };
        /**
         * @description The code of a problem. Its meaning never changes. The set is open: a later release may add codes. `/problems/…`
         *     in `type` names the same: dots and underscores of the code are hyphens there.
         * @example step.out_of_order
         */
        ProblemCode: "request.malformed" | "request.invalid" | "request.cursor" | "token.missing" | "token.invalid" | "request.cross_site" | "access.denied" | "access.other_actor" | "step.agent" | "request.not_found" | "procedure.not_found" | "procedure.version_not_found" | "run.not_found" | "run.event_not_found" | "step.not_found" | "slot.not_found" | "request.method_not_allowed" | "request.not_acceptable" | "request.timeout" | "procedure.exists" | "procedure.archived" | "run.state" | "step.out_of_order" | "step.already_committed" | "step.not_committed" | "step.visit" | "step.not_skippable" | "step.max_visits" | "slot.not_sensitive" | "slot.no_value" | "run.older_events" | "idempotency.in_progress" | "procedure.stale" | "run.stale" | "request.weak_etag" | "request.too_large" | "request.target_too_long" | "request.charset" | "request.content_encoding" | "request.media_type" | "request.foreign_host" | "definition.invalid" | "values.invalid" | "condition.failed" | "run.too_large" | "idempotency.mismatch" | "request.precondition_required" | "rate.requests" | "rate.refusals" | "request.headers_too_large" | "service.internal" | "service.unavailable" | "auth.unavailable" | "service.database_damaged" | "service.database_denied" | "service.database_full" | "service.database_missing" | "service.database_moved" | "service.database_read_only" | "service.database_schema" | "service.database_unreadable" | "service.secrets_unavailable" | OtherString;
        /**
         * @description The code of an issue or a warning. Its meaning never changes. The set is open. `validation.…` for values,
         *     `definition.…` for definitions, `request.…` for requests; `erasure.…`, `receipt.…` and `service.…` for warnings.
         * @example validation.enum
         */
        IssueCode: "definition.blank" | "definition.bound" | "definition.condition" | "definition.condition_constant" | "definition.condition_cost" | "definition.condition_division" | "definition.condition_limit" | "definition.condition_literal" | "definition.condition_number" | "definition.condition_sensitive" | "definition.condition_type" | "definition.condition_uncollected" | "definition.condition_unguarded" | "definition.condition_unknown" | "definition.constraint_not_applicable" | "definition.control_character" | "definition.default" | "definition.dropped" | "definition.duplicate" | "definition.format" | "definition.id_mismatch" | "definition.language" | "definition.mask" | "definition.name" | "definition.no_end" | "definition.no_steps" | "definition.no_way_out" | "definition.number" | "definition.option_limit" | "definition.options_required" | "definition.pattern" | "definition.pattern_limit" | "definition.range" | "definition.read_only" | "definition.region" | "definition.required" | "definition.reserved" | "definition.sensitive_default" | "definition.similar_option" | "definition.time_zone" | "definition.transition_order" | "definition.translation_limit" | "definition.unchanged" | "definition.unfillable" | "definition.unknown_member" | "definition.unknown_option" | "definition.unknown_slot" | "definition.unknown_step" | "definition.unknown_type" | "definition.unknown_value" | "definition.unreachable" | "definition.value" | "definition.wrong_type" | "erasure.cache" | "erasure.files" | "receipt.warnings_omitted" | "request.alternative" | "request.blank" | "request.duplicate_parameter" | "request.enum" | "request.erase_place" | "request.exclusive" | "request.format" | "request.line" | "request.max" | "request.max_items" | "request.max_length" | "request.min" | "request.min_items" | "request.min_length" | "request.required" | "request.type" | "request.unexpected_header" | "request.unknown_member" | "request.unknown_parameter" | "request.value" | "request.withhold" | "service.clock_behind_checkpoint" | "validation.date" | "validation.datetime" | "validation.decimals" | "validation.duplicate" | "validation.email" | "validation.enum" | "validation.mask" | "validation.max" | "validation.max_length" | "validation.min" | "validation.min_length" | "validation.not_applicable" | "validation.nothing_to_erase" | "validation.origin" | "validation.pattern" | "validation.phone" | "validation.precision" | "validation.required" | "validation.rule" | "validation.run_size" | "validation.time" | "validation.type" | "validation.unexpected_item" | "validation.unexpected_slot" | "validation.url" | OtherString;
    };
    responses: {
        /** @description The procedure. */
        Procedure: {
            headers: {
                ETag: components["headers"]["ETag"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                "X-Request-Id": components["headers"]["RequestID"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Procedure"];
            };
        };
        /** @description The procedure after the request. A repeated request gets the first response. */
        ProcedureWritten: {
            headers: {
                ETag: components["headers"]["ETag"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                "X-Request-Id": components["headers"]["RequestID"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Procedure"];
            };
        };
        /** @description The run. */
        Run: {
            headers: {
                ETag: components["headers"]["ETag"];
                "Cache-Control": components["headers"]["CacheControl"];
                "Content-Language": components["headers"]["ContentLanguage"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                "X-Request-Id": components["headers"]["RequestID"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Run"];
            };
        };
        /** @description The run after the request. A repeated request gets the first response. */
        RunWritten: {
            headers: {
                ETag: components["headers"]["ETag"];
                "Cache-Control": components["headers"]["CacheControl"];
                "Content-Language": components["headers"]["ContentLanguage"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                "X-Request-Id": components["headers"]["RequestID"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Run"];
            };
        };
        /** @description The representation that the client has is current. */
        NotModified: {
            headers: {
                ETag: components["headers"]["ETag"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Content-Security-Policy": components["headers"]["ContentSecurityPolicy"];
                "Referrer-Policy": components["headers"]["ReferrerPolicy"];
                "X-Request-Id": components["headers"]["RequestID"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /**
         * @description The request cannot be parsed or does not conform to this contract: `request.malformed`, `request.invalid`,
         *     `request.cursor`.
         */
        BadRequest: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/request-malformed",
                 *       "title": "Malformed request",
                 *       "status": 400,
                 *       "detail": "The JSON cannot be read: a duplicate member (byte 12, /slots).",
                 *       "instance": "/runs",
                 *       "code": "request.malformed",
                 *       "params": {
                 *         "reason": "duplicate_member",
                 *         "offset": 12,
                 *         "pointer": "/slots"
                 *       }
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description The server authenticates its callers, and the request has no token (`token.missing`) or one that is not accepted
         *     (`token.invalid`). Why a token is not accepted stands only in the log of the server.
         */
        Unauthorized: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                "WWW-Authenticate": components["headers"]["WWWAuthenticate"];
                "Set-Cookie": components["headers"]["SessionCookie"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/token-missing",
                 *       "title": "Authentication required",
                 *       "status": 401,
                 *       "detail": "Send a token in the header Authorization.",
                 *       "instance": "/runs",
                 *       "code": "token.missing",
                 *       "params": {}
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description The caller does not have the permission that the operation names under `x-permission` (`access.denied`) or is
         *     not the one in `X-Expected-Actor` (`access.other_actor`), or a browser sent the request for a page of another
         *     site (`request.cross_site`).
         */
        Forbidden: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                "WWW-Authenticate": components["headers"]["WWWAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/access-denied",
                 *       "title": "Not allowed",
                 *       "status": 403,
                 *       "detail": "This needs the permission work, which none of your roles has.",
                 *       "instance": "/runs",
                 *       "code": "access.denied",
                 *       "params": {
                 *         "permission": "work"
                 *       }
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description The caller does not have the permission that the operation names under `x-permission` (`access.denied`) or is
         *     not the one in `X-Expected-Actor` (`access.other_actor`); a browser sent the request for a page of another site
         *     (`request.cross_site`); or an assistant or a program acts,
         *     and the step does not allow it this (`step.agent`). The last is asked once the step is known, before the state of
         *     the run, `If-Match` and the data. The trail of the run records it, except for a check.
         */
        AgentForbidden: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                "WWW-Authenticate": components["headers"]["WWWAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description Not found: `procedure.not_found`, `procedure.version_not_found`, `run.not_found`, `run.event_not_found`,
         *     `step.not_found`, `slot.not_found`, `request.not_found`.
         */
        NotFound: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/run-not-found",
                 *       "title": "Run not found",
                 *       "status": 404,
                 *       "detail": "No run has this id.",
                 *       "instance": "/runs/0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f",
                 *       "code": "run.not_found",
                 *       "params": {}
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `Accept` allows no media type that this operation returns: `request.not_acceptable`. */
        NotAcceptable: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/request-not-acceptable",
                 *       "title": "Not acceptable",
                 *       "status": 406,
                 *       "detail": "Responses are available here only as application/json.",
                 *       "instance": "/runs",
                 *       "code": "request.not_acceptable",
                 *       "params": {
                 *         "offered": "application/json"
                 *       }
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body did not arrive within 10 seconds: `request.timeout`. */
        Timeout: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/request-timeout",
                 *       "title": "Request incomplete",
                 *       "status": 408,
                 *       "detail": "The body did not arrive in time.",
                 *       "instance": "/procedures",
                 *       "code": "request.timeout",
                 *       "params": {}
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description The current state does not allow the request: `procedure.exists`, `procedure.archived`, `run.state`,
         *     `step.out_of_order`, `step.already_committed`, `step.not_committed`, `step.not_skippable`, `step.max_visits`,
         *     `step.visit`, `run.older_events`; or the first request with this `Idempotency-Key` is still running:
         *     `idempotency.in_progress`. For a run, `params` gives its current state; `locked` is true if a jump back has locked
         *     the step.
         */
        Conflict: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description The resource no longer has the ETag in `If-Match`, or the procedure was changed by another request at the same
         *     time: `procedure.stale`, `run.stale`. `request.weak_etag`: `If-Match` contains a weak ETag, which never matches.
         */
        Stale: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/run-stale",
                 *       "title": "Run has changed",
                 *       "status": 412,
                 *       "detail": "The run is now at revision 3, not at the one you named. Read it again.",
                 *       "instance": "/runs/0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f/fail",
                 *       "code": "run.stale",
                 *       "params": {
                 *         "revision": 3,
                 *         "state": "in_progress"
                 *       }
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is larger than 1 MiB: `request.too_large`. */
        TooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/request-too-large",
                 *       "title": "Request too large",
                 *       "status": 413,
                 *       "detail": "The body is larger than 1048576 bytes.",
                 *       "instance": "/procedures",
                 *       "code": "request.too_large",
                 *       "params": {
                 *         "max": 1048576
                 *       }
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The path and the query are longer than 8 KiB, as they are sent or decoded: `request.target_too_long`. */
        TargetTooLong: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/request-target-too-long",
                 *       "title": "Address too long",
                 *       "status": 414,
                 *       "detail": "The path and the query are longer than 8192 bytes.",
                 *       "instance": "/runs",
                 *       "code": "request.target_too_long",
                 *       "params": {
                 *         "max": 8192
                 *       }
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description The body is not `application/json`: `request.media_type`; its charset is not UTF-8: `request.charset`; or it is
         *     compressed or otherwise encoded, as `Content-Encoding` says: `request.content_encoding`.
         */
        UnsupportedMediaType: {
            headers: {
                "Accept-Encoding": components["headers"]["AcceptEncoding"];
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/request-media-type",
                 *       "title": "Unsupported media type",
                 *       "status": 415,
                 *       "detail": "The body must be sent as application/json.",
                 *       "instance": "/procedures",
                 *       "code": "request.media_type",
                 *       "params": {
                 *         "expected": "application/json"
                 *       }
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The `Host` header names another server: `request.foreign_host`. */
        ForeignHost: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/request-foreign-host",
                 *       "title": "Not the host of this service",
                 *       "status": 421,
                 *       "detail": "The Host header does not name this service. Use the address that it listens on, or start it with --host and the name that you use.",
                 *       "instance": "/runs",
                 *       "code": "request.foreign_host",
                 *       "params": {}
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description The data is invalid: `values.invalid`, `definition.invalid`, with all issues; a condition could not be
         *     evaluated: `condition.failed`; a run would take more than 8 MiB: `run.too_large`, with `max` and `size` in
         *     `params`; or the `Idempotency-Key` was used with another request: `idempotency.mismatch`. Nothing is stored.
         */
        Unprocessable: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `If-Match` is required: `request.precondition_required`. */
        PreconditionRequired: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/request-precondition-required",
                 *       "title": "Precondition required",
                 *       "status": 428,
                 *       "detail": "Send If-Match with the ETag of the procedure as you read it, to say which version you are replacing.",
                 *       "instance": "/procedures/branch-network-recovery",
                 *       "code": "request.precondition_required",
                 *       "params": {}
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The header of the request is larger than 32 KiB: `request.headers_too_large`. */
        HeadersTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/request-headers-too-large",
                 *       "title": "Header too large",
                 *       "status": 431,
                 *       "detail": "The header of the request is larger than 32768 bytes.",
                 *       "instance": "/runs",
                 *       "code": "request.headers_too_large",
                 *       "params": {
                 *         "max": 32768
                 *       }
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description An internal error: `service.internal`. The request id identifies the log entry. */
        InternalError: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/service-internal",
                 *       "title": "Internal error",
                 *       "status": 500,
                 *       "detail": "The service has failed. Its log has the details under the id of this request.",
                 *       "instance": "/runs",
                 *       "code": "service.internal",
                 *       "params": {}
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The actor or the network address has sent more requests than the server allows in a minute: `rate.requests`. */
        TooManyRequests: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                "Retry-After": components["headers"]["RetryAfter"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/rate-requests",
                 *       "title": "Too many requests",
                 *       "status": 429,
                 *       "detail": "Requests from this network address exceed 6,000 a minute. Try again in 1 second.",
                 *       "instance": "/runs",
                 *       "code": "rate.requests",
                 *       "params": {
                 *         "limit": 6000,
                 *         "per": "address",
                 *         "retry_after": 1
                 *       }
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description The command would be refused, and too many commands of this actor or network address were refused within a
         *     minute: `rate.refusals`. The refusal is not recorded. Or too many requests were sent: `rate.requests`.
         */
        TooManyRefusals: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                "Retry-After": components["headers"]["RetryAfter"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description The service or its database is temporarily unavailable, or the request took too long: `service.unavailable`,
         *     `service.database_damaged`, `service.database_denied`, `service.database_full`, `service.database_missing`,
         *     `service.database_moved`, `service.database_read_only`, `service.database_schema`,
         *     `service.database_unreadable`, `service.secrets_unavailable`.
         */
        Unavailable: {
            headers: {
                "X-Request-Id": components["headers"]["RequestID"];
                "Content-Language": components["headers"]["ContentLanguage"];
                "Cache-Control": components["headers"]["CacheControl"];
                Vary: components["headers"]["Vary"];
                "Preference-Applied": components["headers"]["PreferenceApplied"];
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/service-unavailable",
                 *       "title": "Service unavailable",
                 *       "status": 503,
                 *       "detail": "The service cannot answer at the moment. Try again shortly.",
                 *       "instance": "/runs",
                 *       "code": "service.unavailable",
                 *       "params": {}
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /**
         * @description The procedure's id.
         * @example branch-network-recovery
         */
        ProcedureID: string;
        /**
         * @description The version number.
         * @example 1
         */
        Version: number;
        /**
         * @description The file name of the schema.
         * @example json_schema_procedure_v2.json
         */
        SchemaName: string;
        /**
         * @description The last part of a problem's `type`, or its `code`.
         * @example step-out-of-order
         */
        ProblemTypeName: string;
        /**
         * @description The run's id.
         * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
         */
        RunID: string;
        /**
         * @description The name of a slot of the step.
         * @example affected_iban
         */
        SlotName: string;
        /**
         * @description The step's key.
         * @example trigger
         */
        StepKey: string;
        /**
         * @description Only procedures whose id or own name, not a translated one, contains this text, ignoring case.
         * @example network
         */
        Query: string;
        /**
         * @description Only procedures with this status.
         * @example active
         */
        Status: components["schemas"]["ProcedureStatusFilter"];
        /**
         * @description The `next_cursor` of the previous page.
         * @example cnVuczowMTk4YzBkZS03YTFiLTdjM2QtOWU0Zi01YTZiN2M4ZDllMGY
         */
        Cursor: string;
        /**
         * @description The maximum number of entries on a page. A page has fewer where the next entry would pass 4 MiB.
         * @example 50
         */
        Limit: number;
        /**
         * @description Only runs of this procedure.
         * @example branch-network-recovery
         */
        FilterProcedureID: string;
        /**
         * @description Only runs in this state, or in any of several states; may be repeated.
         * @example [
         *       "in_progress"
         *     ]
         */
        FilterState: components["schemas"]["RunStateFilter"][];
        /**
         * @description What the bundle does not show; may be repeated. `slots`: all values of slots; `slots.<step>.<name>`: those of
         *     one slot; `inputs`: the input of refused commands; `names`: those of the persons and agents that acted;
         *     `reasons`, `reference`, `user_id`, `metadata`. A slot includes the copies of its values: those that conditions read, and the refused input of its step. Unknown words
         *     are a 400 that lists the words allowed for the run.
         * @example [
         *       "slots.trigger.incident_id",
         *       "user_id"
         *     ]
         */
        Withhold: string[];
        /**
         * @description Only runs for this user.
         * @example agent-qa
         */
        FilterUserID: string;
        /**
         * @description Only runs with this reference.
         * @example INC-450123
         */
        FilterReference: string;
        /**
         * @description Only runs created after this time (exclusive).
         * @example 2026-11-01T00:00:00Z
         */
        CreatedAfter: string;
        /**
         * @description Only runs created before this time (exclusive).
         * @example 2026-12-01T00:00:00Z
         */
        CreatedBefore: string;
        /**
         * @description The id of the last event received, or 0 to start from the first event.
         * @example 3
         */
        LastEventID: string;
        /**
         * @description The `seq` of an event: return the state of the run after that event.
         * @example 3
         */
        At: number;
        /**
         * @description Only events of runs or of procedures.
         * @example run
         */
        FilterEntityType: "run" | "procedure";
        /**
         * @description Only events of this run or procedure.
         * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
         */
        FilterEntityID: string;
        /**
         * @description Only events of this actor.
         * @example agent-qa
         */
        FilterActor: string;
        /**
         * @description Only events with this action.
         * @example step.committed
         */
        FilterAction: string;
        /**
         * @description Only events that occurred at or after this time.
         * @example 2026-11-01T00:00:00Z
         */
        Since: string;
        /**
         * @description Only events that occurred before this time.
         * @example 2026-12-01T00:00:00Z
         */
        Until: string;
        /**
         * @description The ETag that the run must still have, otherwise 412. Only the revision is compared. A request that would change
         *     nothing, such as the same draft or commit again, is a 200 whatever the revision; a sensitive value in a draft
         *     always counts as a change.
         */
        IfMatch: string;
        /**
         * @description The ETag that the procedure must still have, otherwise 412. Without it, the response is a 428: a new version
         *     replaces the one that its author has read.
         */
        RequiredIfMatch: string;
        /** @description The ETag of the representation that the client has: 304 if it is still current. */
        IfNoneMatch: string;
        /**
         * @description A key that identifies this request: a single line of at most 255 bytes. A repeat by the same actor within 24
         *     hours gets the first status, and the run or procedure as it was then, without what has been erased since. The
         *     same key with another path, another body, or with and without `Prefer: numbers=string`, is a 422.
         * @example 6f1c2b0e-commit-diagnosis
         */
        IdempotencyKey: string;
    };
    requestBodies: {
        /** @description A definition. Its findings are reported together. */
        ProcedureDocument: {
            content: {
                "application/json": components["schemas"]["ProcedureDocument"];
            };
        };
    };
    headers: {
        /**
         * @description The address of the created resource.
         * @example /runs/0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
         */
        Location: string;
        /**
         * @description A strong ETag of this representation. Send it back unchanged in `If-Match` or `If-None-Match`.
         * @example "2-5-fr.1"
         */
        ETag: string;
        /**
         * @description Of pages only, what a browser tells about them to the pages that they lead to.
         * @example no-referrer
         */
        ReferrerPolicy: string;
        /**
         * @description Of pages only, what they may load.
         * @example default-src 'none'
         */
        ContentSecurityPolicy: string;
        /**
         * @description How the response may be cached. `no-cache`: revalidate before each use. `no-store`: do not store.
         * @example no-cache
         */
        CacheControl: string;
        /**
         * @description The address of the next page (RFC 8288).
         * @example </runs?cursor=cnVuczowMTk4YzBkZS03YTFiLTdjM2QtOWU0Zi01YTZiN2M4ZDllMGY>; rel="next"
         */
        Link: string;
        /**
         * @description The language of the texts.
         * @example fr
         */
        ContentLanguage: string;
        /**
         * @description The request headers that the response depends on.
         * @example Accept-Language, Prefer
         */
        Vary: string;
        /**
         * @description `numbers=string` if the request prefers it and the response honours it (RFC 7240).
         * @example numbers=string
         */
        PreferenceApplied: string;
        /**
         * @description `true` if this is a repeat of an earlier request, which is not carried out again.
         * @example true
         */
        IdempotencyReplayed: boolean;
        /**
         * @description The id of the request in logs and events.
         * @example 3f0d8e9a-request
         */
        RequestID: string;
        /**
         * @description Removes the cookie of a browser whose session in the console has ended. Other callers have no cookies.
         * @example __Host-procedo=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax
         */
        SessionCookie: string;
        /**
         * @description The only encoding of request bodies (RFC 9110, section 12.5.3). Absent unless `Content-Encoding` is the reason
         *     for the refusal.
         * @example identity
         */
        AcceptEncoding: string;
        /**
         * @description The way to authenticate (RFC 6750), with the address of this service's metadata (RFC 9728). Absent if the server
         *     does not authenticate its callers, or if the refusal has another reason.
         * @example Bearer realm="procedo", resource_metadata="https://procedo.example/.well-known/oauth-protected-resource"
         */
        WWWAuthenticate: string;
        /**
         * @description The allowance that is used up, and the seconds until one more is allowed (draft-ietf-httpapi-ratelimit-headers).
         * @example "refusals-by-actor";r=0;t=1
         */
        RateLimit: string;
        /**
         * @description The size of the allowance, and its window in seconds (draft-ietf-httpapi-ratelimit-headers).
         * @example "refusals-by-actor";q=1000;w=60
         */
        RateLimitPolicy: string;
        /**
         * @description The number of seconds to wait before retrying.
         * @example 1
         */
        RetryAfter: number;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listProcedures: {
        parameters: {
            query?: {
                /**
                 * @description Only procedures whose id or own name, not a translated one, contains this text, ignoring case.
                 * @example network
                 */
                query?: components["parameters"]["Query"];
                /**
                 * @description Only procedures with this status.
                 * @example active
                 */
                status?: components["parameters"]["Status"];
                /**
                 * @description The `next_cursor` of the previous page.
                 * @example cnVuczowMTk4YzBkZS03YTFiLTdjM2QtOWU0Zi01YTZiN2M4ZDllMGY
                 */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description The maximum number of entries on a page. A page has fewer where the next entry would pass 4 MiB.
                 * @example 50
                 */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of procedures. */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProcedureList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createProcedure: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description A key that identifies this request: a single line of at most 255 bytes. A repeat by the same actor within 24
                 *     hours gets the first status, and the run or procedure as it was then, without what has been erased since. The
                 *     same key with another path, another body, or with and without `Prefer: numbers=string`, is a 422.
                 * @example 6f1c2b0e-commit-diagnosis
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["ProcedureDocument"];
        responses: {
            200: components["responses"]["ProcedureWritten"];
            /** @description The procedure was created. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Procedure"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            408: components["responses"]["Timeout"];
            /**
             * @description A procedure with this id exists and differs: `procedure.exists`; or the first request with this
             *     `Idempotency-Key` is still running: `idempotency.in_progress`.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    "Content-Language": components["headers"]["ContentLanguage"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            421: components["responses"]["ForeignHost"];
            /**
             * @description The definition is invalid: `definition.invalid`, with the findings in document order; or the
             *     `Idempotency-Key` was used with another request: `idempotency.mismatch`.
             */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    "Content-Language": components["headers"]["ContentLanguage"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    lintProcedure: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: components["requestBodies"]["ProcedureDocument"];
        responses: {
            /** @description The findings and warnings. */
            200: {
                headers: {
                    "Content-Language": components["headers"]["ContentLanguage"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "valid": false,
                     *       "issues": [
                     *         {
                     *           "field": "/steps/0/slots/1/validate",
                     *           "code": "definition.pattern",
                     *           "params": {
                     *             "reason": "char_range",
                     *             "part": "z-a"
                     *           },
                     *           "message": "The pattern is not a valid regular expression (RE2): “z-a” is not a range of characters."
                     *         }
                     *       ],
                     *       "issue_count": 1,
                     *       "warnings": [],
                     *       "warning_count": 0
                     *     }
                     */
                    "application/json": components["schemas"]["LintReport"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            408: components["responses"]["Timeout"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    simulateProcedure: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The procedure to simulate, and the answers. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "procedure_id": "branch-network-recovery",
                 *       "answers": [
                 *         {
                 *           "step": "trigger",
                 *           "slots": {
                 *             "severity": "low"
                 *           }
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["SimulationRequest"];
            };
        };
        responses: {
            /** @description The path that the run takes. */
            200: {
                headers: {
                    "Content-Language": components["headers"]["ContentLanguage"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "outcome": "completed",
                     *       "path": [
                     *         {
                     *           "step": "trigger",
                     *           "visit": 1,
                     *           "state": "committed",
                     *           "missing": [],
                     *           "not_applicable": [],
                     *           "transition": null,
                     *           "decisions": []
                     *         }
                     *       ],
                     *       "decisions": [],
                     *       "problem": null
                     *     }
                     */
                    "application/json": components["schemas"]["Simulation"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            408: components["responses"]["Timeout"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            421: components["responses"]["ForeignHost"];
            /**
             * @description The definition is invalid: `definition.invalid`; or the metadata is invalid or an answer names an unknown
             *     step: `values.invalid`.
             */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    "Content-Language": components["headers"]["ContentLanguage"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getProcedure: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the representation that the client has: 304 if it is still current. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The procedure's id.
                 * @example branch-network-recovery
                 */
                procedure_id: components["parameters"]["ProcedureID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Procedure"];
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    publishProcedure: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The ETag that the procedure must still have, otherwise 412. Without it, the response is a 428: a new version
                 *     replaces the one that its author has read.
                 */
                "If-Match": components["parameters"]["RequiredIfMatch"];
            };
            path: {
                /**
                 * @description The procedure's id.
                 * @example branch-network-recovery
                 */
                procedure_id: components["parameters"]["ProcedureID"];
            };
            cookie?: never;
        };
        requestBody: components["requestBodies"]["ProcedureDocument"];
        responses: {
            200: components["responses"]["Procedure"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            408: components["responses"]["Timeout"];
            /** @description The procedure is archived and accepts no new versions: `procedure.archived`. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    "Content-Language": components["headers"]["ContentLanguage"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            421: components["responses"]["ForeignHost"];
            /** @description The definition is invalid: `definition.invalid`, with the findings in document order. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    "Content-Language": components["headers"]["ContentLanguage"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            428: components["responses"]["PreconditionRequired"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listProcedureVersions: {
        parameters: {
            query?: {
                /**
                 * @description The `next_cursor` of the previous page.
                 * @example cnVuczowMTk4YzBkZS03YTFiLTdjM2QtOWU0Zi01YTZiN2M4ZDllMGY
                 */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description The maximum number of entries on a page. A page has fewer where the next entry would pass 4 MiB.
                 * @example 50
                 */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                /**
                 * @description The procedure's id.
                 * @example branch-network-recovery
                 */
                procedure_id: components["parameters"]["ProcedureID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of versions. */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProcedureVersionList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getProcedureVersion: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the representation that the client has: 304 if it is still current. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The procedure's id.
                 * @example branch-network-recovery
                 */
                procedure_id: components["parameters"]["ProcedureID"];
                /**
                 * @description The version number.
                 * @example 1
                 */
                version: components["parameters"]["Version"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    /**
                     * @description The response may be cached indefinitely. Where callers are authenticated, it is `private`.
                     * @example public, max-age=31536000, immutable
                     */
                    "Cache-Control"?: string;
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Procedure"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getProcedureGraph: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the representation that the client has: 304 if it is still current. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The procedure's id.
                 * @example branch-network-recovery
                 */
                procedure_id: components["parameters"]["ProcedureID"];
                /**
                 * @description The version number.
                 * @example 1
                 */
                version: components["parameters"]["Version"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The graph. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    /**
                     * @description The response may be cached indefinitely. Where callers are authenticated, it is `private`.
                     * @example public, max-age=31536000, immutable
                     */
                    "Cache-Control"?: string;
                    "Content-Language": components["headers"]["ContentLanguage"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "procedure_id": "incident-paiement-instantane",
                     *       "version": 1,
                     *       "start": "alert",
                     *       "nodes": [
                     *         {
                     *           "key": "alert",
                     *           "title": "Alert",
                     *           "type": "step",
                     *           "skippable": false,
                     *           "on_return": "blank"
                     *         },
                     *         {
                     *           "key": "crisis",
                     *           "title": "Crisis team",
                     *           "type": "step",
                     *           "when": "alert.severity == 'critical'",
                     *           "skippable": false,
                     *           "on_return": "blank"
                     *         },
                     *         {
                     *           "key": "diagnosis",
                     *           "title": "Diagnosis",
                     *           "type": "step",
                     *           "skippable": false,
                     *           "on_return": "blank"
                     *         },
                     *         {
                     *           "key": "end",
                     *           "title": "end",
                     *           "type": "end",
                     *           "skippable": false,
                     *           "on_return": "blank"
                     *         }
                     *       ],
                     *       "edges": [
                     *         {
                     *           "from": "alert",
                     *           "to": "crisis",
                     *           "default": true,
                     *           "back": false
                     *         },
                     *         {
                     *           "from": "crisis",
                     *           "to": "diagnosis",
                     *           "default": true,
                     *           "back": false
                     *         },
                     *         {
                     *           "from": "crisis",
                     *           "to": "diagnosis",
                     *           "unless": "alert.severity == 'critical'",
                     *           "default": false,
                     *           "back": false
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ProcedureGraph"];
                    /**
                     * @example flowchart TD
                     *       s1["Alert"]
                     *       finish(("end"))
                     *       s1 --> finish
                     */
                    "text/vnd.mermaid": string;
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    archiveProcedure: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description A key that identifies this request: a single line of at most 255 bytes. A repeat by the same actor within 24
                 *     hours gets the first status, and the run or procedure as it was then, without what has been erased since. The
                 *     same key with another path, another body, or with and without `Prefer: numbers=string`, is a 422.
                 * @example 6f1c2b0e-commit-diagnosis
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description The procedure's id.
                 * @example branch-network-recovery
                 */
                procedure_id: components["parameters"]["ProcedureID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["ProcedureWritten"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    unarchiveProcedure: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description A key that identifies this request: a single line of at most 255 bytes. A repeat by the same actor within 24
                 *     hours gets the first status, and the run or procedure as it was then, without what has been erased since. The
                 *     same key with another path, another body, or with and without `Prefer: numbers=string`, is a 422.
                 * @example 6f1c2b0e-commit-diagnosis
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description The procedure's id.
                 * @example branch-network-recovery
                 */
                procedure_id: components["parameters"]["ProcedureID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["ProcedureWritten"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listRuns: {
        parameters: {
            query?: {
                /**
                 * @description Only runs of this procedure.
                 * @example branch-network-recovery
                 */
                procedure_id?: components["parameters"]["FilterProcedureID"];
                /**
                 * @description Only runs in this state, or in any of several states; may be repeated.
                 * @example [
                 *       "in_progress"
                 *     ]
                 */
                state?: components["parameters"]["FilterState"];
                /**
                 * @description Only runs for this user.
                 * @example agent-qa
                 */
                user_id?: components["parameters"]["FilterUserID"];
                /**
                 * @description Only runs with this reference.
                 * @example INC-450123
                 */
                reference?: components["parameters"]["FilterReference"];
                /**
                 * @description Only runs created after this time (exclusive).
                 * @example 2026-11-01T00:00:00Z
                 */
                created_after?: components["parameters"]["CreatedAfter"];
                /**
                 * @description Only runs created before this time (exclusive).
                 * @example 2026-12-01T00:00:00Z
                 */
                created_before?: components["parameters"]["CreatedBefore"];
                /**
                 * @description The `next_cursor` of the previous page.
                 * @example cnVuczowMTk4YzBkZS03YTFiLTdjM2QtOWU0Zi01YTZiN2M4ZDllMGY
                 */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description The maximum number of entries on a page. A page has fewer where the next entry would pass 4 MiB.
                 * @example 50
                 */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of runs. */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    startRun: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description A key that identifies this request: a single line of at most 255 bytes. A repeat by the same actor within 24
                 *     hours gets the first status, and the run or procedure as it was then, without what has been erased since. The
                 *     same key with another path, another body, or with and without `Prefer: numbers=string`, is a 422.
                 * @example 6f1c2b0e-commit-diagnosis
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        /** @description The procedure to run, and the user the run is for. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "procedure_id": "branch-network-recovery",
                 *       "user_id": "agent-qa",
                 *       "reference": "INC-450123"
                 *     }
                 */
                "application/json": components["schemas"]["RunStart"];
            };
        };
        responses: {
            /** @description The run was started. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    "Content-Language": components["headers"]["ContentLanguage"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            408: components["responses"]["Timeout"];
            /**
             * @description The procedure is archived and accepts no new runs: `procedure.archived`; or the first request with this
             *     `Idempotency-Key` is still running: `idempotency.in_progress`.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    "Content-Language": components["headers"]["ContentLanguage"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            421: components["responses"]["ForeignHost"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getRun: {
        parameters: {
            query?: {
                /**
                 * @description The `seq` of an event: return the state of the run after that event.
                 * @example 3
                 */
                at?: components["parameters"]["At"];
            };
            header?: {
                /** @description The ETag of the representation that the client has: 304 if it is still current. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Run"];
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getRunStep: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the representation that the client has: 304 if it is still current. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
                /**
                 * @description The step's key.
                 * @example trigger
                 */
                step_key: components["parameters"]["StepKey"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The step. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    "Content-Language": components["headers"]["ContentLanguage"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "run_id": "0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f",
                     *       "procedure_id": "incident-paiement-instantane",
                     *       "procedure_version": 1,
                     *       "run_state": "pending",
                     *       "revision": 1,
                     *       "seq": 2,
                     *       "key": "alert",
                     *       "title": "Alert",
                     *       "prompt": "Record the alert as monitoring reported it and inform the on-call manager.",
                     *       "metadata": {},
                     *       "state": "open",
                     *       "current": true,
                     *       "visit": 1,
                     *       "earlier_visits": 0,
                     *       "committed_at": null,
                     *       "committed_by": null,
                     *       "amended": false,
                     *       "reason": null,
                     *       "skippable": false,
                     *       "on_return": "blank",
                     *       "agents": "commit",
                     *       "when": null,
                     *       "transition": null,
                     *       "decisions": [],
                     *       "slots": [
                     *         {
                     *           "name": "severity",
                     *           "type": "enum",
                     *           "label": "Severity",
                     *           "options": [
                     *             {
                     *               "value": "critical",
                     *               "label": "Critical"
                     *             },
                     *             {
                     *               "value": "high",
                     *               "label": "High"
                     *             },
                     *             {
                     *               "value": "medium",
                     *               "label": "Medium"
                     *             },
                     *             {
                     *               "value": "low",
                     *               "label": "Low"
                     *             }
                     *           ],
                     *           "sensitive": false,
                     *           "required": true,
                     *           "when": null,
                     *           "required_when": null,
                     *           "given": false,
                     *           "value": null,
                     *           "origin": null,
                     *           "erased": false
                     *         }
                     *       ],
                     *       "checklist": [
                     *         {
                     *           "key": "acknowledged",
                     *           "label": "Alert acknowledged in monitoring",
                     *           "default_state": false,
                     *           "required": true,
                     *           "when": null,
                     *           "completed": false,
                     *           "completed_at": null,
                     *           "completed_by": null
                     *         }
                     *       ],
                     *       "rules": [],
                     *       "missing": [
                     *         "slots.incident_id",
                     *         "slots.detected_at",
                     *         "slots.severity",
                     *         "checklist.acknowledged",
                     *         "checklist.on_call_informed"
                     *       ],
                     *       "not_applicable": [],
                     *       "undecided": [
                     *         {
                     *           "field": "checklist.bridge_opened",
                     *           "label": "Conference bridge opened",
                     *           "when": {
                     *             "condition": "/steps/0/checklist_items/2/when",
                     *             "expression": "severity in ['critical', 'high']",
                     *             "result": null,
                     *             "values": {},
                     *             "waits_for": [
                     *               "alert.severity"
                     *             ],
                     *             "reason": null
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["StepForm"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    saveDraft: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the run must still have, otherwise 412. Only the revision is compared. A request that would change
                 *     nothing, such as the same draft or commit again, is a 200 whatever the revision; a sensitive value in a draft
                 *     always counts as a change.
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
                /**
                 * @description The step's key.
                 * @example trigger
                 */
                step_key: components["parameters"]["StepKey"];
            };
            cookie?: never;
        };
        /** @description The values and ticks to save. Others keep their current state. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "slots": {
                 *         "severity": "high"
                 *       },
                 *       "checklist": [
                 *         {
                 *           "key": "acknowledged",
                 *           "completed": true
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["StepDraft"];
            };
        };
        responses: {
            200: components["responses"]["Run"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AgentForbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            408: components["responses"]["Timeout"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            421: components["responses"]["ForeignHost"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRefusals"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    checkStep: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
                /**
                 * @description The step's key.
                 * @example trigger
                 */
                step_key: components["parameters"]["StepKey"];
            };
            cookie?: never;
        };
        /** @description The body of the commit. */
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "slots": {
                 *         "incident_id": "INC-450123",
                 *         "detected_at": "2026-11-23T09:30:00+01:00",
                 *         "severity": "low"
                 *       },
                 *       "checklist": [
                 *         {
                 *           "key": "acknowledged",
                 *           "completed": true
                 *         },
                 *         {
                 *           "key": "on_call_informed",
                 *           "completed": true
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["StepCommit"];
            };
        };
        responses: {
            /** @description What the commit would lead to. */
            200: {
                headers: {
                    "Content-Language": components["headers"]["ContentLanguage"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StepCheck"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AgentForbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            408: components["responses"]["Timeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    commitStep: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the run must still have, otherwise 412. Only the revision is compared. A request that would change
                 *     nothing, such as the same draft or commit again, is a 200 whatever the revision; a sensitive value in a draft
                 *     always counts as a change.
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description A key that identifies this request: a single line of at most 255 bytes. A repeat by the same actor within 24
                 *     hours gets the first status, and the run or procedure as it was then, without what has been erased since. The
                 *     same key with another path, another body, or with and without `Prefer: numbers=string`, is a 422.
                 * @example 6f1c2b0e-commit-diagnosis
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
                /**
                 * @description The step's key.
                 * @example trigger
                 */
                step_key: components["parameters"]["StepKey"];
            };
            cookie?: never;
        };
        /** @description The values and ticks to merge into the draft. `null` removes a value. */
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "slots": {
                 *         "incident_id": "INC-450123",
                 *         "severity": "high"
                 *       },
                 *       "checklist": [
                 *         {
                 *           "key": "acknowledged",
                 *           "completed": true
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["StepCommit"];
            };
        };
        responses: {
            200: components["responses"]["RunWritten"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AgentForbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            408: components["responses"]["Timeout"];
            /**
             * @description The state of the run does not allow the commit: `step.out_of_order`, `step.already_committed`, `step.visit`,
             *     `step.max_visits`, `run.state`; or the first request with this `Idempotency-Key` is still running:
             *     `idempotency.in_progress`.
             */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    "Content-Language": components["headers"]["ContentLanguage"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            421: components["responses"]["ForeignHost"];
            /**
             * @description The step is invalid: `values.invalid`, with all issues; a condition could not be evaluated:
             *     `condition.failed`; the run would take more than 8 MiB: `run.too_large`; or the `Idempotency-Key` was used
             *     with another request: `idempotency.mismatch`.
             */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    "Content-Language": components["headers"]["ContentLanguage"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRefusals"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    amendStep: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the run must still have, otherwise 412. Only the revision is compared. A request that would change
                 *     nothing, such as the same draft or commit again, is a 200 whatever the revision; a sensitive value in a draft
                 *     always counts as a change.
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description A key that identifies this request: a single line of at most 255 bytes. A repeat by the same actor within 24
                 *     hours gets the first status, and the run or procedure as it was then, without what has been erased since. The
                 *     same key with another path, another body, or with and without `Prefer: numbers=string`, is a 422.
                 * @example 6f1c2b0e-commit-diagnosis
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
                /**
                 * @description The step's key.
                 * @example trigger
                 */
                step_key: components["parameters"]["StepKey"];
            };
            cookie?: never;
        };
        /** @description The corrections, and the reason. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "slots": {
                 *         "severity": "low"
                 *       },
                 *       "reason": "Reclassified after the post-mortem"
                 *     }
                 */
                "application/json": components["schemas"]["StepAmend"];
            };
        };
        responses: {
            200: components["responses"]["RunWritten"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AgentForbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            408: components["responses"]["Timeout"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            421: components["responses"]["ForeignHost"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRefusals"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    skipStep: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the run must still have, otherwise 412. Only the revision is compared. A request that would change
                 *     nothing, such as the same draft or commit again, is a 200 whatever the revision; a sensitive value in a draft
                 *     always counts as a change.
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description A key that identifies this request: a single line of at most 255 bytes. A repeat by the same actor within 24
                 *     hours gets the first status, and the run or procedure as it was then, without what has been erased since. The
                 *     same key with another path, another body, or with and without `Prefer: numbers=string`, is a 422.
                 * @example 6f1c2b0e-commit-diagnosis
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
                /**
                 * @description The step's key.
                 * @example trigger
                 */
                step_key: components["parameters"]["StepKey"];
            };
            cookie?: never;
        };
        /** @description The reason. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reason": "No spare part at hand"
                 *     }
                 */
                "application/json": components["schemas"]["StepSkip"];
            };
        };
        responses: {
            200: components["responses"]["RunWritten"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AgentForbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            408: components["responses"]["Timeout"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            421: components["responses"]["ForeignHost"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRefusals"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    failRun: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the run must still have, otherwise 412. Only the revision is compared. A request that would change
                 *     nothing, such as the same draft or commit again, is a 200 whatever the revision; a sensitive value in a draft
                 *     always counts as a change.
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description A key that identifies this request: a single line of at most 255 bytes. A repeat by the same actor within 24
                 *     hours gets the first status, and the run or procedure as it was then, without what has been erased since. The
                 *     same key with another path, another body, or with and without `Prefer: numbers=string`, is a 422.
                 * @example 6f1c2b0e-commit-diagnosis
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
            };
            cookie?: never;
        };
        /** @description The reason. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reason": "Branch closed until Monday"
                 *     }
                 */
                "application/json": components["schemas"]["RunFailure"];
            };
        };
        responses: {
            200: components["responses"]["RunWritten"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AgentForbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            408: components["responses"]["Timeout"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            421: components["responses"]["ForeignHost"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRefusals"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    revealSlot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
                /**
                 * @description The step's key.
                 * @example trigger
                 */
                step_key: components["parameters"]["StepKey"];
                /**
                 * @description The name of a slot of the step.
                 * @example affected_iban
                 */
                slot_name: components["parameters"]["SlotName"];
            };
            cookie?: never;
        };
        /** @description Why the value must be read. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reason": "Calling the customer back"
                 *     }
                 */
                "application/json": components["schemas"]["Reveal"];
            };
        };
        responses: {
            /** @description The value. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "run_id": "0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f",
                     *       "step": "diagnosis",
                     *       "slot": "affected_iban",
                     *       "visit": 1,
                     *       "value": "CH9300762011623852957",
                     *       "seq": 9
                     *     }
                     */
                    "application/json": components["schemas"]["RevealedValue"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AgentForbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            408: components["responses"]["Timeout"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            421: components["responses"]["ForeignHost"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRefusals"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    eraseContent: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the run must still have, otherwise 412. Only the revision is compared. A request that would change
                 *     nothing, such as the same draft or commit again, is a 200 whatever the revision; a sensitive value in a draft
                 *     always counts as a change.
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description A key that identifies this request: a single line of at most 255 bytes. A repeat by the same actor within 24
                 *     hours gets the first status, and the run or procedure as it was then, without what has been erased since. The
                 *     same key with another path, another body, or with and without `Prefer: numbers=string`, is a 422.
                 * @example 6f1c2b0e-commit-diagnosis
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
            };
            cookie?: never;
        };
        /** @description What to erase, and the reason. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "places": [
                 *         {
                 *           "slot": "trigger.incident_id",
                 *           "visit": 1
                 *         }
                 *       ],
                 *       "reason": "Asked for by the customer"
                 *     }
                 */
                "application/json": components["schemas"]["Erasure"];
            };
        };
        responses: {
            200: components["responses"]["RunWritten"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            408: components["responses"]["Timeout"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["Stale"];
            413: components["responses"]["TooLarge"];
            414: components["responses"]["TargetTooLong"];
            415: components["responses"]["UnsupportedMediaType"];
            421: components["responses"]["ForeignHost"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRefusals"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listRunEvents: {
        parameters: {
            query?: {
                /**
                 * @description The `next_cursor` of the previous page.
                 * @example cnVuczowMTk4YzBkZS03YTFiLTdjM2QtOWU0Zi01YTZiN2M4ZDllMGY
                 */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description The maximum number of entries on a page. A page has fewer where the next entry would pass 4 MiB.
                 * @example 50
                 */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of events. */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    streamRunEvents: {
        parameters: {
            query?: {
                /**
                 * @description The `next_cursor` of the previous page.
                 * @example cnVuczowMTk4YzBkZS03YTFiLTdjM2QtOWU0Zi01YTZiN2M4ZDllMGY
                 */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: {
                /**
                 * @description The id of the last event received, or 0 to start from the first event.
                 * @example 3
                 */
                "Last-Event-ID"?: components["parameters"]["LastEventID"];
            };
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /**
             * @description The stream. It ends only when the client leaves, reads too slowly, or may no longer read, because its token
             *     has expired or was revoked or its permission was lost, or when the server stops. The end of the run does not
             *     end it: a completed run can still be amended, and parts of any run can be erased.
             */
            200: {
                headers: {
                    /**
                     * @description The response must not be stored.
                     * @example no-store
                     */
                    "Cache-Control"?: string;
                    /**
                     * @description Tells proxies such as nginx not to buffer the stream.
                     * @example no
                     */
                    "X-Accel-Buffering"?: string;
                    Vary: components["headers"]["Vary"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "2",
                     *       "data": {
                     *         "id": "0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f/2",
                     *         "entity_type": "run",
                     *         "entity_id": "0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f",
                     *         "seq": 2,
                     *         "action": "step.opened",
                     *         "actor": "claire.martin",
                     *         "occurred_at": "2026-11-23T09:31:00.000000Z",
                     *         "payload": {
                     *           "request_id": "5d1c8a70-start",
                     *           "step": "trigger",
                     *           "visit": 1
                     *         },
                     *         "canonical": "{\"action\":\"step.opened\",\"actor\":\"claire.martin\",\"entity_id\":\"0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f\",\"entity_type\":\"run\",\"id\":\"0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f/2\",\"occurred_at\":\"2026-11-23T09:31:00.000000Z\",\"payload\":{\"request_id\":\"5d1c8a70-start\",\"step\":\"trigger\",\"visit\":1},\"seq\":2,\"v\":1}",
                     *         "prev_hash": "85ae0bb3869067d16d4ebfad68753b0eb6108560b78492fde0bac09df0f59f7d",
                     *         "hash": "a05be4fc82f54242bccf3bcf57efce322dcd355d6ae1c1e951d93f1daf594a0d"
                     *       }
                     *     }
                     */
                    "text/event-stream": components["schemas"]["StreamMessage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getRunVerification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The result. */
            200: {
                headers: {
                    "Content-Language": components["headers"]["ContentLanguage"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "run_id": "0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f",
                     *       "verified_at": "2026-11-23T09:40:00.000000Z",
                     *       "valid": true,
                     *       "seq": 5,
                     *       "findings": [],
                     *       "finding_count": 0,
                     *       "counts": {
                     *         "events": 5,
                     *         "erased": 0,
                     *         "unread": 0,
                     *         "sealed": 0
                     *       },
                     *       "checkpoint": {
                     *         "number": 3,
                     *         "time": "2026-11-23T09:35:00.000000Z",
                     *         "seq": 2,
                     *         "hash": "a05be4fc82f54242bccf3bcf57efce322dcd355d6ae1c1e951d93f1daf594a0d",
                     *         "keys": [
                     *           "procedo+2a1c9a3e+AeZk0bK5sQm3o1vJ8nWq3j1rXk0o7mQW3mJc2m4b1B2C"
                     *         ]
                     *       },
                     *       "uncovered": {
                     *         "events": 3,
                     *         "from_seq": 3,
                     *         "to_seq": 5
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["RunVerification"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listRunExceptions: {
        parameters: {
            query?: {
                /**
                 * @description The `next_cursor` of the previous page.
                 * @example cnVuczowMTk4YzBkZS03YTFiLTdjM2QtOWU0Zi01YTZiN2M4ZDllMGY
                 */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description The maximum number of entries on a page. A page has fewer where the next entry would pass 4 MiB.
                 * @example 50
                 */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of exceptions. */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "seq": 5,
                     *           "kind": "amendment",
                     *           "action": "step.amended",
                     *           "actor": "agent-qa",
                     *           "occurred_at": "2026-11-23T09:41:00.000000Z",
                     *           "step": "diagnosis",
                     *           "visit": 1,
                     *           "reason": "Read from the wrong log",
                     *           "code": null,
                     *           "issues": [],
                     *           "slots": [
                     *             "cause"
                     *           ],
                     *           "origins": {},
                     *           "divergences": [],
                     *           "texts": [],
                     *           "places": []
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["RunExceptionList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listAuditEvents: {
        parameters: {
            query?: {
                /**
                 * @description Only events of runs or of procedures.
                 * @example run
                 */
                entity_type?: components["parameters"]["FilterEntityType"];
                /**
                 * @description Only events of this run or procedure.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                entity_id?: components["parameters"]["FilterEntityID"];
                /**
                 * @description Only events of this actor.
                 * @example agent-qa
                 */
                actor?: components["parameters"]["FilterActor"];
                /**
                 * @description Only events with this action.
                 * @example step.committed
                 */
                action?: components["parameters"]["FilterAction"];
                /**
                 * @description Only events that occurred at or after this time.
                 * @example 2026-11-01T00:00:00Z
                 */
                since?: components["parameters"]["Since"];
                /**
                 * @description Only events that occurred before this time.
                 * @example 2026-12-01T00:00:00Z
                 */
                until?: components["parameters"]["Until"];
                /**
                 * @description The `next_cursor` of the previous page.
                 * @example cnVuczowMTk4YzBkZS03YTFiLTdjM2QtOWU0Zi01YTZiN2M4ZDllMGY
                 */
                cursor?: components["parameters"]["Cursor"];
                /**
                 * @description The maximum number of entries on a page. A page has fewer where the next entry would pass 4 MiB.
                 * @example 50
                 */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of events. */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventList"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getRunBundle: {
        parameters: {
            query?: {
                /**
                 * @description What the bundle does not show; may be repeated. `slots`: all values of slots; `slots.<step>.<name>`: those of
                 *     one slot; `inputs`: the input of refused commands; `names`: those of the persons and agents that acted;
                 *     `reasons`, `reference`, `user_id`, `metadata`. A slot includes the copies of its values: those that conditions read, and the refused input of its step. Unknown words
                 *     are a 400 that lists the words allowed for the run.
                 * @example [
                 *       "slots.trigger.incident_id",
                 *       "user_id"
                 *     ]
                 */
                withhold?: components["parameters"]["Withhold"];
            };
            header?: never;
            path: {
                /**
                 * @description The run's id.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f
                 */
                run_id: components["parameters"]["RunID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bundle. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Bundle"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "actor": "corp:7d2f4c1e",
                     *       "via": "oidc",
                     *       "name": "Claire Martin",
                     *       "issuer": "https://login.example.com/realms/bank",
                     *       "roles": [
                     *         "operator"
                     *       ],
                     *       "permissions": [
                     *         "identify",
                     *         "read",
                     *         "work",
                     *         "fail",
                     *         "reveal"
                     *       ],
                     *       "groups": [
                     *         "branch-support"
                     *       ],
                     *       "expires_at": "2026-11-23T10:35:00.000000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Me"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    readResourceMetadata: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metadata. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "resource": "https://procedo.example",
                     *       "resource_name": "Procedo",
                     *       "resource_documentation": "https://procedo.example/docs/",
                     *       "authorization_servers": [
                     *         "https://login.example.com/realms/bank"
                     *       ],
                     *       "bearer_methods_supported": [
                     *         "header"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ResourceMetadata"];
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The process is running. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["BadRequest"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The service is ready. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok",
                     *       "warnings": [
                     *         {
                     *           "field": "clock",
                     *           "code": "service.clock_behind_checkpoint",
                     *           "params": {
                     *             "seconds": 3600
                     *           },
                     *           "message": "The system clock is 3600 seconds behind the newest checkpoint. Until it catches up, events get the time of that checkpoint. Check the time service of this machine."
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["BadRequest"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example procedo_commits_total{outcome="accepted"} 5 */
                    "text/plain": string;
                };
            };
            400: components["responses"]["BadRequest"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
        };
    };
    getContractYAML: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the representation that the client has: 304 if it is still current. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The contract. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example openapi: 3.1.0 */
                    "application/yaml": string;
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
        };
    };
    getContractJSON: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the representation that the client has: 304 if it is still current. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The contract. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "openapi": "3.1.0"
                     *     }
                     */
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
        };
    };
    getContract30JSON: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the representation that the client has: 304 if it is still current. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The contract. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "Preference-Applied": components["headers"]["PreferenceApplied"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "openapi": "3.0.3"
                     *     }
                     */
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
        };
    };
    getSchema: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the representation that the client has: 304 if it is still current. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The file name of the schema.
                 * @example json_schema_procedure_v2.json
                 */
                schema_name: components["parameters"]["SchemaName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schema. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "title": "Procedo definition, format 2"
                     *     }
                     */
                    "application/schema+json": {
                        [key: string]: unknown;
                    };
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
        };
    };
    listSchemas: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the representation that the client has: 304 if it is still current. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schemas. */
            200: {
                headers: {
                    "Content-Security-Policy": components["headers"]["ContentSecurityPolicy"];
                    "Referrer-Policy": components["headers"]["ReferrerPolicy"];
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    "Content-Language": components["headers"]["ContentLanguage"];
                    Vary: components["headers"]["Vary"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "name": "json_schema_procedure_v2.json",
                     *           "title": "Procedo definition, format 2",
                     *           "url": "/schemas/json_schema_procedure_v2.json"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SchemaList"];
                    /** @example <!doctype html> */
                    "text/html": string;
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
        };
    };
    listProblemTypes: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the representation that the client has: 304 if it is still current. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The problems and issues, in the reader's language. */
            200: {
                headers: {
                    "Content-Security-Policy": components["headers"]["ContentSecurityPolicy"];
                    "Referrer-Policy": components["headers"]["ReferrerPolicy"];
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    "Content-Language": components["headers"]["ContentLanguage"];
                    Vary: components["headers"]["Vary"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "type": "/problems/step-out-of-order",
                     *           "code": "step.out_of_order",
                     *           "title": "Step out of order",
                     *           "status": 409,
                     *           "description": "The step is not the current one."
                     *         }
                     *       ],
                     *       "issues": [
                     *         {
                     *           "code": "validation.required",
                     *           "message": "A value is required."
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ProblemTypeList"];
                    /** @example <!doctype html> */
                    "text/html": string;
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
        };
    };
    getProblemType: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of the representation that the client has: 304 if it is still current. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description The last part of a problem's `type`, or its `code`.
                 * @example step-out-of-order
                 */
                problem_type: components["parameters"]["ProblemTypeName"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The explanation, in the reader's language. */
            200: {
                headers: {
                    "Content-Security-Policy": components["headers"]["ContentSecurityPolicy"];
                    "Referrer-Policy": components["headers"]["ReferrerPolicy"];
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    "Content-Language": components["headers"]["ContentLanguage"];
                    Vary: components["headers"]["Vary"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemType"];
                    /** @example <!doctype html> */
                    "text/html": string;
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
        };
    };
    getHome: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The service and its addresses. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Content-Security-Policy": components["headers"]["ContentSecurityPolicy"];
                    "Referrer-Policy": components["headers"]["ReferrerPolicy"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    "Content-Language": components["headers"]["ContentLanguage"];
                    Vary: components["headers"]["Vary"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Home"];
                    /** @example <!doctype html> */
                    "text/html": string;
                };
            };
            /** @description The console or the API reference, for browsers. */
            303: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    Vary: components["headers"]["Vary"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            406: components["responses"]["NotAcceptable"];
            414: components["responses"]["TargetTooLong"];
            421: components["responses"]["ForeignHost"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
        };
    };
    deliverEvent: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The id of the record and the beginning of its hash, the same for each attempt. After the service's database
                 *     was restored from a backup, another record may have the same id, but not the same hash.
                 * @example 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f/1/2f0c5a7d9be31846
                 */
                "webhook-id": string;
                /**
                 * @description The time of this attempt, in seconds since 1970.
                 * @example 1795512660
                 */
                "webhook-timestamp": string;
                /**
                 * @description One signature for each secret of the sink, separated by spaces.
                 * @example v1,9g0wQmVz8gT3y9VqJ1u0r6o2y3y7s9m1Qm9aLZ0b4XQ=
                 */
                "webhook-signature": string;
                /**
                 * @description The span of this attempt in the form of W3C Trace Context, if deliveries are traced.
                 * @example 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
                 */
                traceparent?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description The event. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "id": "0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f/2",
                 *       "entity_type": "run",
                 *       "entity_id": "0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f",
                 *       "seq": 2,
                 *       "action": "step.opened",
                 *       "actor": "claire.martin",
                 *       "occurred_at": "2026-11-23T09:31:00.000000Z",
                 *       "payload": {
                 *         "request_id": "5d1c8a70-start",
                 *         "step": "trigger",
                 *         "visit": 1
                 *       },
                 *       "canonical": "{\"action\":\"step.opened\",\"actor\":\"claire.martin\",\"entity_id\":\"0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f\",\"entity_type\":\"run\",\"id\":\"0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f/2\",\"occurred_at\":\"2026-11-23T09:31:00.000000Z\",\"payload\":{\"request_id\":\"5d1c8a70-start\",\"step\":\"trigger\",\"visit\":1},\"seq\":2,\"v\":1}",
                 *       "prev_hash": "85ae0bb3869067d16d4ebfad68753b0eb6108560b78492fde0bac09df0f59f7d",
                 *       "hash": "a05be4fc82f54242bccf3bcf57efce322dcd355d6ae1c1e951d93f1daf594a0d"
                 *     }
                 */
                "application/json": components["schemas"]["Event"];
            };
        };
        responses: {
            /** @description The receiver has stored the record. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description The record is sent again, like for any other response that is not 2xx: after 1 second, then after twice as
             *     long each time, up to 1 hour. Retry-After is honoured, up to 1 hour.
             */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    deliverCheckpoint: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description The id of the record and the beginning of the hash of its signed text, the same for each attempt.
                 * @example checkpoint/1/91c4be0d55f2a730
                 */
                "webhook-id": string;
                /**
                 * @description The time of this attempt, in seconds since 1970.
                 * @example 1795512660
                 */
                "webhook-timestamp": string;
                /**
                 * @description One signature for each secret of the sink, separated by spaces.
                 * @example v1,9g0wQmVz8gT3y9VqJ1u0r6o2y3y7s9m1Qm9aLZ0b4XQ=
                 */
                "webhook-signature": string;
                /**
                 * @description The span of this attempt in the form of W3C Trace Context, if deliveries are traced.
                 * @example 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
                 */
                traceparent?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description The checkpoint. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "checkpoint": 1,
                 *       "note": "example.com/procedo\n4\nRs0yWLjCAs2s3Z852DJMxnfj7xrIq3QKKh3QzVlrXdg=\n…",
                 *       "header": "checkpoint 1 2026-11-23T10:00:00.000000Z 2 2 run 0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f 2 procedo+f833b9a4+Aa8Go+MpFxTk81bBnJsVzRlR7G5mYqp3vgdUfyiTgzQd\n"
                 *     }
                 */
                "application/json": components["schemas"]["CheckpointRecord"];
            };
        };
        responses: {
            /** @description The receiver has stored the record. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description The record is sent again, like for any other response that is not 2xx: after 1 second, then after twice as
             *     long each time, up to 1 hour. Retry-After is honoured, up to 1 hour.
             */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
