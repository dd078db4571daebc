"""The fault catalogue: what is to happen at each fault, and which tests show that it does.

A test is named by its file below ``tests/`` and its function. Where a fault cannot be made here, ``why``
says so; what is then untested is said in the same place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of the catalogue."""

    what: str
    behaviour: str
    tests: tuple[str, ...] = ()
    """``file::function``, below ``tests/``."""

    why: str = ""
    """Why there is no test, or what these do not show."""


def _in(file: str, *functions: str) -> tuple[str, ...]:
    return tuple(f"{file}::{function}" for function in functions)


_DENIED, _SLOWED = "faults/test_f08_denied.py", "faults/test_f11_throttling.py"
_OFFLINE, _SLOW = "faults/test_f13_offline.py", "faults/test_f18_slow.py"
_STRANGE, _WRITES = "faults/test_f23_strange.py", "faults/test_f28_writes.py"
_TIME, _IMDS = "faults/test_f27_time.py", "faults/test_f03_imds.py"
_CREDENTIALS, _SOURCES = "engine/credentials", "engine/test_sources.py"
_LEAVING, _TERMINALS = "pty/test_leaving.py", "pty/test_terminals.py"

CATALOGUE: Mapping[str, Fault] = {
    "F01": Fault(
        "the token expires in mid-session",
        "rows stay, marked stale; polling and writes stop; one banner says what to run",
        _in(_STRANGE, "test_f01_what_has_expired_is_asked_no_more_and_keeps_its_rows")
        + _in(
            _SOURCES,
            "test_when_keys_expire_polling_stops_and_nothing_is_changed_until_they_are_renewed",
        )
        + _in(
            "ui/test_identity.py",
            "test_expired_keys_keep_the_rows_marked_and_one_banner_says_what_to_run",
        ),
    ),
    "F02": Fault(
        "SSO expired, absent, refused, out of reach",
        "a sentence for each, and the exact command",
        _in(
            f"{_CREDENTIALS}/test_sentences.py",
            "test_each_way_of_failing_has_its_sentence_and_its_next_step",
        )
        + _in(
            f"{_CREDENTIALS}/test_sso.py",
            "test_a_login_that_lapses_or_is_refused_says_so",
            "test_a_login_from_inside_is_kept_as_the_cli_keeps_it_and_the_call_goes_on",
        )
        + _in(
            f"{_CREDENTIALS}/test_login.py",
            "test_a_renewal_that_is_refused_says_what_to_run",
            "test_a_role_names_the_profile_that_one_logs_in_to",
        )
        + _in("test_errors.py", "test_what_never_was_an_answer"),
    ),
    "F03": Fault(
        "no credentials",
        "said at once, with each provider that was tried and why it had none; the metadata service is "
        "asked on EC2 alone, or where the environment says so",
        _in(
            _IMDS,
            "test_f03_without_credentials_it_is_said_at_once",
            "test_f03_the_metadata_service_is_asked_on_ec2_alone",
            "test_f03_who_says_so_is_believed",
        ),
    ),
    "F04": Fault(
        "IMDS hangs, or another provider of credentials",
        "named with the time it takes while the console goes on; Esc goes on without it, nothing stands "
        "in for it; else given up after two seconds; elsewhere than on EC2 it is not asked",
        _in(_IMDS, "test_f04_an_instance_metadata_service_that_hangs_is_given_up")
        + _in(
            "ui/test_identity.py",
            "test_imds_that_hangs_is_named_with_its_time_and_esc_goes_on_without_it",
        )
        + _in(
            f"{_CREDENTIALS}/test_trying.py",
            "test_imds_that_hangs_is_named_and_skipped",
            "test_nothing_stands_in_for_a_program_that_is_skipped",
            "test_a_renewal_that_is_skipped_leaves_keys_that_hold",
        ),
    ),
    "F05": Fault(
        "a bad AWS configuration",
        "a sentence for each kind, naming file and profile",
        _in(
            "engine/test_identity.py",
            "test_what_is_wrong_with_the_files_is_said",
            "test_without_any_region_it_is_said_what_to_set",
        )
        + _in(
            f"{_CREDENTIALS}/test_sentences.py",
            "test_each_way_of_failing_has_its_sentence_and_its_next_step",
        ),
    ),
    "F06": Fault(
        "MFA: wanted, wrong, cancelled, expired",
        "one dialog; a wrong code is asked for again; Esc leaves the session usable",
        _in(
            f"{_CREDENTIALS}/test_mfa.py",
            "test_five_panes_that_open_at_once_cause_one_question",
            "test_a_wrong_code_is_asked_for_again_with_what_was_wrong",
            "test_one_who_will_not_say_leaves_the_session_usable",
            "test_at_the_end_of_the_session_a_code_is_asked_for_anew",
        ),
    ),
    "F07": Fault(
        "credential_process hangs, fails, reads the terminal",
        "killed with its children after its time; empty input; its failure is said once",
        _in(
            f"{_CREDENTIALS}/test_program.py",
            "test_one_that_hangs_is_killed_with_all_that_it_started",
            "test_its_input_is_empty_and_it_has_no_terminal",
            "test_five_panes_run_it_once_and_a_failure_is_not_repeated_for_each",
        ),
    ),
    "F08": Fault(
        "one operation is denied",
        "action and principal are named; the others go on; it is not asked again but by r",
        _in(
            _DENIED,
            "test_f08_a_denied_list_names_action_and_principal_and_is_not_asked_again",
            "test_f08_the_other_panes_go_on",
            "test_f08_a_part_of_a_list_that_is_denied_leaves_the_rest_and_says_what",
        ),
    ),
    "F09": Fault(
        "a second page, or details, are denied",
        "what has come stays and is marked; one row is asked for a refresh",
        _in(
            _DENIED,
            "test_f09_a_denied_second_page_leaves_what_has_come_and_marks_it",
            "test_f09_denied_details_are_asked_for_once_a_refresh_and_not_for_each_row",
            "test_f09_at_the_next_cadence_one_row_is_asked_for",
            "test_f09_one_row_that_is_denied_leaves_the_others_their_details",
            "test_f09_a_row_that_failed_says_why_in_the_list",
        ),
    ),
    "F10": Fault(
        "a write is denied explicitly",
        "sent once; said; an error line in the audit",
        _in(_WRITES, "test_f10_an_explicit_denial_is_not_repeated_and_stands_in_the_audit"),
    ),
    "F11": Fault(
        "throttling, in a burst or always",
        "back-off, a wider cadence up to five minutes, a chip",
        _in(
            _SLOWED,
            "test_f11_a_burst_is_ridden_out_and_the_cadence_doubles_and_recovers",
            "test_f11_f12_always_throttled_is_said_and_asked_less_and_less",
            "test_f11_a_cadence_widens_to_five_minutes_and_not_beyond",
            "test_f11_the_console_shows_the_chip_and_the_widened_cadence",
            "test_f11_details_that_are_throttled_slow_the_cadence_too",
            "test_f11_calls_go_out_at_half_the_rate",
        ),
    ),
    "F12": Fault(
        "429 without a code",
        "as F11; asked again within the call",
        _in(
            _SLOWED,
            "test_f12_a_429_without_a_code_is_asked_again_within_the_call",
            "test_f11_f12_always_throttled_is_said_and_asked_less_and_less",
        ),
    ),
    "F13": Fault(
        "connections are refused",
        "said; the last rows stay; comes back by itself",
        _in(
            _OFFLINE,
            "test_f13_nobody_listens",
            "test_f13_a_storm_opens_the_breaker_for_this_service_alone",
            "test_f13_the_console_says_since_when_and_comes_back",
        ),
    ),
    "F14": Fault(
        "connections are reset",
        "as F13",
        _in(_OFFLINE, "test_f14_f15_a_lost_connection_is_said_and_the_last_rows_stay"),
    ),
    "F15": Fault(
        "connections are closed without an answer",
        "as F13",
        _in(_OFFLINE, "test_f14_f15_a_lost_connection_is_said_and_the_last_rows_stay"),
    ),
    "F16": Fault(
        "the host does not exist",
        "the host is named, with the region and the endpoint as causes",
        _in(_OFFLINE, "test_f16_an_endpoint_that_does_not_exist_is_said"),
    ),
    "F17": Fault(
        "DNS hangs",
        "given up after five seconds, in a thread of its own: nobody else waits",
        _in(_OFFLINE, "test_f17_a_silent_name_server_is_given_up_and_holds_up_nobody"),
    ),
    "F18": Fault(
        "slow answers",
        "the pane says how long it waits; Esc leaves; the others do not wait",
        _in(
            _SLOW,
            "test_f18_a_slow_answer_is_waited_for",
            "test_f18_the_others_do_not_wait",
            "test_f18_the_console_says_how_long_and_esc_leaves",
        ),
    ),
    "F19": Fault(
        "an answer that trickles",
        "the deadline is for all of it",
        _in(_SLOW, "test_f19_the_deadline_is_for_all_of_an_answer"),
    ),
    "F20": Fault(
        "an answer that is cut off",
        "asked again, then an error; never a short list",
        _in(
            _SLOW,
            "test_f20_an_answer_that_is_cut_off_is_asked_for_again_and_then_an_error",
            "test_f20_half_an_answer_of_the_right_length_is_no_short_list",
        ),
    ),
    "F21": Fault(
        "a streamed body that is cut off",
        "an error that says how much of how much came; never shown as the whole",
        _in(_SLOW, "test_f21_a_streamed_body_that_is_cut_off_is_an_error"),
        why="no pane shows a streamed body in part: a door reads it whole or fails",
    ),
    "F22": Fault(
        "a storm of 5xx",
        "a breaker: one request in ten seconds, the others fail at once with since and next try",
        _in(
            _OFFLINE,
            "test_f22_one_probe_in_ten_seconds_for_an_account_and_a_service",
            "test_f22_a_storm_of_5xx_is_probed_and_recovers_by_itself",
            "test_f22_one_operation_that_fails_leaves_the_others_their_service",
            "test_f22_many_operations_are_back_with_the_first_of_them_that_answers",
            "test_f22_operations_that_never_work_do_not_take_the_others_with_them",
            "test_f22_no_other_operation_of_a_service_out_of_reach_is_sent",
        ),
    ),
    "F23": Fault(
        "a page, nothing, or a redirect instead of an answer",
        "a fault with the captive portal as its cause; never an empty table; no redirect is followed",
        _in(
            _STRANGE,
            "test_f23_a_captive_portal_is_no_empty_list",
            "test_f23_the_console_shows_no_empty_table",
        ),
    ),
    "F24": Fault(
        "garbage, TLS that is none, a proxy that wants a login",
        "a sentence for each",
        _in(_STRANGE, "test_f24_what_is_no_answer_is_told_apart", "test_f24_tls_that_is_none"),
    ),
    "F25": Fault(
        "the clock is off",
        "measured by the Date of answers, and said to the second",
        _in(_STRANGE, "test_f25_a_clock_that_is_off_is_measured_and_said"),
    ),
    "F26": Fault(
        "a region that is not enabled, or has no such service",
        "said, with a region that works",
        _in(
            _STRANGE,
            "test_f26_a_region_where_the_same_credentials_are_unknown_is_not_enabled",
            "test_f26_a_key_that_was_deleted_is_no_closed_region",
            "test_f26_aws_says_that_one_has_to_opt_in",
        )
        + _in(_OFFLINE, "test_f16_an_endpoint_that_does_not_exist_is_said"),
    ),
    "F27": Fault(
        "the machine slept",
        "read again once; nothing that was missed is made up for",
        _in(
            _TIME,
            "test_f27_a_stopped_engine_goes_on_without_a_burst",
            "test_f27_a_machine_that_slept_is_noticed_by_its_clock",
            "test_f27_what_is_read_by_itself_is_read_again_and_the_rest_is_left",
        ),
        why="a machine cannot be put to sleep here: the engine is stopped, and the clock is made to jump",
    ),
    "F28": Fault(
        "the target vanishes between list and action",
        "the plan is stale, and refused; a write to it is called missing",
        _in(_WRITES, "test_f28_what_has_vanished_is_called_missing")
        + _in("gate/test_planning.py", "test_a_target_that_has_vanished_is_not_touched"),
    ),
    "F29": Fault(
        "the reply to a write is lost",
        "unknown, sent once, with what settles it",
        _in(
            _WRITES,
            "test_f29_a_lost_reply_is_unknown_and_never_sent_again",
            "test_f29_a_write_that_cannot_connect_is_known_not_to_have_happened",
            "test_f29_a_write_that_a_breaker_holds_back_was_not_sent",
        )
        + _in(
            "gate/test_do.py",
            "test_a_lost_reply_is_unknown_and_what_settles_it_is_asked",
            "test_what_is_ended_once_it_was_sent_is_said_to_be_unknown",
        )
        + _in("engine/test_audit.py", "test_a_write_that_is_ended_once_it_was_sent_is_unknown")
        + _in(
            "ui/test_acting.py",
            "test_what_is_being_sent_is_ended_by_no_key_and_no_way_out_of_the_pane",
        ),
    ),
    "F30": Fault(
        "a batch fails in part",
        "each entry has its own result",
        _in(_WRITES, "test_f30_the_entries_of_a_batch_fail_one_by_one")
        + _in(
            "plugins/sqs/transfer/test_deleting.py",
            "test_an_entry_that_is_refused_stays_and_is_given_back",
        )
        + _in(
            "gate/test_record.py", "test_the_intent_has_every_field_and_a_batch_says_what_failed"
        ),
    ),
    "F31": Fault(
        "a receipt handle expires",
        "a claim is extended before it ends; what has lapsed is neither sent nor released, and is said",
        _in(
            "plugins/sqs/redriving/test_workers.py",
            "test_claims_are_extended_before_they_end_those_under_way_too",
            "test_before_a_send_a_claim_near_its_end_is_extended",
            "test_one_whose_claim_has_ended_is_not_sent",
        )
        + _in(
            "plugins/sqs/test_peek.py",
            "test_what_expired_is_not_released_and_failures_that_matter_are_kept",
        ),
    ),
    "F32": Fault(
        "SIGTERM, SIGHUP, SIGINT while something is held, or an editor is open",
        "the pair under way is finished, the rest given back, the terminal restored, gone within three "
        "seconds with 128 and the signal; what was edited is deleted",
        _in(
            _LEAVING,
            "test_a_signal_ends_everything",
            "test_a_signal_while_an_editor_is_open_leaves_nothing",
        )
        + _in("pty/test_redriving.py", "test_every_signal_in_a_redrive_is_lived_through")
        + _in("test_headless.py", "test_an_interrupted_command_gives_back_what_it_holds"),
    ),
    "F33": Fault(
        "kill -9 in a redrive",
        "resumed from the journal, nothing lost",
        _in("plugins/sqs/redriving/test_course.py", "test_nothing_is_lost_nor_sent_twice")
        + _in(
            "plugins/sqs/redriving/test_chaos.py",
            "test_killed_at_every_request_and_at_random",
            "test_killed_all_along_thousands_of_messages",
        ),
    ),
    "F34": Fault(
        "the interface or the engine crashes",
        "the other says so, or ends tidily, a redrive after its pair; one key starts another engine, and "
        "what was interrupted is told of and taken up",
        _in(
            _LEAVING,
            "test_an_engine_that_dies_is_told_of_and_started_again",
            "test_a_killed_interface_leaves_no_engine",
        )
        + _in("pty/test_redriving.py", "test_every_signal_in_a_redrive_is_lived_through"),
    ),
    "F35": Fault(
        "a terminal that stops reading",
        "the engine goes on, the interface catches up, a signal still ends both",
        _in(
            _TERMINALS,
            "test_the_engine_goes_on_while_the_terminal_takes_nothing",
            "test_a_terminal_that_stops_reading_is_waited_for",
        )
        + _in(
            "pty/test_redrive.py",
            "test_it_goes_on_though_nothing_is_read_and_then_the_window_is_closed",
        )
        + _in(_LEAVING, "test_a_terminal_that_stopped_reading_cannot_hold_us"),
    ),
    "F36": Fault(
        "the audit cannot be written, or its last line is torn",
        "writes are refused; the torn line is read over",
        _in(
            "gate/test_record.py",
            "test_on_a_full_disk_nothing_is_sent_and_no_line_is_torn",
            "test_where_the_record_cannot_grow_nothing_is_sent",
            "test_a_torn_last_line_is_read_over_and_the_chain_goes_on",
        ),
    ),
    "F37": Fault(
        "an export meets a full disk",
        "to a file: a sentence, and nothing is left of it; to standard output: it is not called whole",
        _in(
            "test_whole_file.py",
            "test_where_there_is_no_room_nothing_is_left",
            "test_who_stops_it_leaves_nothing",
        )
        + _in("plugins/sqs/scanning/test_panes.py", "test_an_export_that_cannot_be_written_is_said")
        + _in("faults/test_f37_disk.py", "test_f37_a_full_disk_is_said")
        + _in("test_headless.py", "test_whoever_stops_reading_is_no_error"),
        why="where standard output goes to a file, that file and its removal are the shell's",
    ),
    "F38": Fault(
        "resize storms down to 1×1",
        "survived; under 40×10 one line says so, and a confirmation never hides its target",
        _in(_TERMINALS, "test_every_size_is_survived", "test_a_storm_of_resizes_is_survived"),
    ),
    "F39": Fault(
        "stopped and continued",
        "painted whole again",
        _in(_TERMINALS, "test_in_the_background_and_back"),
    ),
    "F40": Fault(
        "TERM unset, dumb, lesser; NO_COLOR",
        "refused with a sentence, or drawn with what there is",
        _in(
            _TERMINALS,
            "test_a_terminal_that_cannot_draw",
            "test_lesser_terminals",
            "test_where_there_is_only_ascii_nothing_else_is_drawn",
            "test_no_color_is_readable_without_any",
        ),
    ),
    "F41": Fault(
        "a terminal that is not UTF-8",
        "drawn in ASCII",
        _in(_TERMINALS, "test_where_there_is_only_ascii_nothing_else_is_drawn")
        + _in(
            "test_ascii.py",
            "test_what_a_terminal_shows_is_told_by_its_environment",
            "test_each_sign_of_ours_has_its_likeness",
        ),
    ),
    "F42": Fault(
        "tmux and screen",
        "drawn and left as they were; what is copied reaches the terminal's clipboard through them",
        _in(_TERMINALS, "test_lesser_terminals")
        + _in("pty/test_tmux.py", "test_it_is_drawn_copied_from_and_left_as_it_was")
        + _in(
            "ui/test_clipboard.py",
            "test_tmux_gets_it_for_itself_and_to_hand_on",
            "test_screen_gets_it_in_strings_that_it_takes",
        ),
        why="screen and mosh are not run here; what screen is given is taken apart as it does",
    ),
    "F43": Fault(
        "ten thousand rows, a message of 1 MiB",
        "the loop is never held for long",
        _in("ui/test_grid.py", "test_a_hundred_thousand_rows_fill_page_sort_and_filter")
        + _in("ui/test_lines.py", "test_a_megabyte_in_one_line_and_many_lines_of_json"),
        why="how long is measured, not asserted: tests/bench/heartbeat.py",
    ),
    "F44": Fault(
        "hostile text",
        "shown, never obeyed",
        _in("pty/test_hostile.py", "test_hostile_text_is_shown_and_not_obeyed")
        + _in("ui/test_grid.py", "test_hostile_names_are_shown_and_never_obeyed")
        + _in("ui/test_lines.py", "test_hostile_text_is_shown_and_never_obeyed"),
    ),
}
