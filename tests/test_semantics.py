"""The rules that keep an account and its owner's money safe, and the tests that hold each."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


def case(name: str) -> str:
    """One of the planner's case files."""
    return f"planning/test_cases.py::test_the_plan_is_as_the_case_says[{name}]"


def refusal(name: str) -> str:
    """One of the specs that are refused offline."""
    refused = "test_a_bad_spec_is_refused_with_its_place_and_a_way_out"
    return f"spec/test_refusals.py::{refused}[{name}]"


IDENTITY = {
    "a key is the live name unless another is given": (
        "spec/test_declarations.py::test_an_empty_body_declares_the_resource_and_no_more_than_its_name",
        "spec/test_declarations.py::test_a_name_of_its_own_takes_the_place_of_the_label",
    ),
    "a pinned id that is gone is never made anew": (
        "account/test_reader.py::test_a_pin_that_is_gone_is_an_error_and_never_a_create",
    ),
    "what is pinned may take another name": (
        case("comparing: a pinned resource takes the declared name"),
        "cli/test_updates.py::test_a_pinned_resource_can_be_renamed",
    ),
    "only messaging applications are applications": (
        "account/test_items.py::test_only_messaging_applications_are_applications",
        "account/test_reader.py::test_a_voice_application_of_the_same_name_is_not_meant",
    ),
    "a location is found by its name within its site": (
        "cli/test_main_job.py::test_locations_of_one_name_on_two_sites_are_two",
    ),
    "a name that is nearly the same stops the plan": (
        "account/test_reader.py::test_a_name_that_differs_only_in_case_or_space_stops_the_plan",
    ),
    "two of one name stop the plan until one is pinned": (
        "account/test_reader.py::test_two_of_one_name_stop_the_plan_and_show_the_pins",
        "account/test_reader.py::test_a_pin_says_which_of_two_is_meant",
        "account/test_reader.py::test_two_of_one_name_are_told_apart_by_what_differs",
        "account/test_renames.py::test_two_of_the_old_name_stop_the_plan",
        "cli/test_bad_account.py::test_two_applications_of_one_name_are_refused_by_every_command",
    ),
    "two of one name are exported as two labels with their ids": (
        "spec/test_exporting.py::test_an_account_reads_as_if_somebody_had_written_it",
        "account/test_export.py::test_a_plan_of_what_was_exported_has_no_changes",
    ),
    "an old name matches where nothing has the new one": (
        "account/test_renames.py::test_an_old_name_finds_what_has_not_got_the_new_one_yet",
        ("account/test_renames.py::test_a_site_and_its_location_are_renamed_and_nothing_is_bought"),
        "cli/test_renaming.py::test_with_its_old_name_it_is_a_change_of_its_name",
    ),
    "an old name is nothing to do ever after": (
        "account/test_renames.py::test_an_old_name_means_nothing_once_the_new_one_is_there",
        "account/test_renames.py::test_an_old_name_that_nothing_has_is_a_create",
    ),
    "what looks like a rename buys nothing until it is settled": (
        case("renames: a new location that buys beside one that has such numbers is refused"),
        case("renames: a new site with a location of the same name and numbers to buy is refused"),
        case("renames: so is one with the same settings"),
        case("renames: new: true settles that it is another one"),
        (
            "account/test_renames.py::"
            "test_a_label_that_changed_is_refused_where_its_numbers_would_be_bought_again"
        ),
        (
            "account/test_renames.py::"
            "test_numbers_that_are_only_on_order_are_not_ordered_again_either"
        ),
        "cli/test_renaming.py::test_a_renamed_location_is_refused_with_the_lines_that_settle_it",
    ),
    "what looks like a rename deletes nothing until it is settled": (
        case("renames: what prune would delete for it is refused without a purchase as well"),
        case("renames: so is what nothing tells apart from what prune would delete"),
        case("renames: new: true settles that what prune deletes was another one"),
        "account/test_renames.py::test_a_site_that_prune_would_delete_is_known_by_its_address",
    ),
    "what looks like a rename without a purchase is a warning": (
        case("renames: without a purchase it is a warning"),
        "account/test_renames.py::test_where_nothing_is_bought_it_is_a_warning_and_costs_no_call",
    ),
}

COMPARING = {
    "only what is declared is compared": (
        case("comparing: only what is declared is compared, and all of it is"),
        case("comparing: an absent key declares nothing"),
        case("numbers: an empty list declares nothing"),
    ),
    "false declares that it is off": (
        "spec/test_declarations.py::test_false_makes_a_feature_absent_and_the_assignment_with_it",
        case("switching_off: false is nothing to do where it is off"),
    ),
    "true means toll-free and short code": (
        "spec/test_declarations.py::test_true_switches_on_all_of_a_feature",
        case("comparing: true means toll-free and short code both"),
    ),
    "SMS cannot be off where something needs it": (
        refusal("off-beside-mms"),
        refusal("off-beside-all"),
        case("needs: MMS is refused where SMS is neither declared nor there"),
    ),
    "switching off goes from the application to MMS to SMS": (
        case("switching_off: the application goes first, then MMS, then SMS"),
        "cli/test_updates.py::test_switching_sms_off_unassigns_then_takes_mms_then_sms",
    ),
    "what holds SMS has to be declared off": (
        case("switching_off: MMS that the spec does not mention holds SMS"),
        "cli/test_updates.py::test_sms_that_other_things_build_on_is_not_switched_off",
    ),
    "SMS stays on while its location has numbers": (
        case("switching_off: numbers on the location hold SMS"),
    ),
    "another protocol is never flipped": (
        case("switching_off: a feature over another protocol is never flipped"),
        case("switching_off: nor is it switched off"),
    ),
    "an application is sent what changed and nothing else": (
        case("secrets: an update sends what changed and nothing else"),
        "resources/test_application.py::test_an_update_sends_only_what_it_is_given",
    ),
    "a whole application is sent only where nothing less is taken": (
        "account/test_bodies.py::test_where_patch_is_not_known_the_whole_application_is_put",
        "account/test_bodies.py::test_a_put_that_would_clear_a_password_is_refused",
    ),
    "one family of callback names is written": (
        "resources/test_application.py::test_an_update_writes_one_family_of_names",
    ),
    "a callback URL means both directions": (
        "resources/test_application.py::test_every_answer_gives_one_callback_url",
        case("secrets: inbound and outbound that differ become one"),
    ),
    "an update keeps what no field models": (
        "account/test_bodies.py::test_a_sippeer_keeps_its_voice_hosts_and_calling_name",
        "account/test_bodies.py::test_a_site_keeps_the_address_that_the_spec_does_not_mention",
        "cli/test_kept.py::test_voice_hosts_and_calling_name_of_a_location",
        "cli/test_kept.py::test_separate_urls_of_an_application_that_declares_none",
    ),
    "what others changed since the plan is not overwritten": (
        "account/test_writer.py::test_an_update_of_what_was_changed_since_the_plan_is_refused",
        "cli/test_kept.py::test_an_account_that_changed_since_it_was_read_is_not_overwritten",
        "cli/test_asking.py::test_an_account_that_changed_while_it_asked_is_asked_about_again",
    ),
    "zones are sent with a new feature and then left alone": (
        "resources/test_guide.py::test_what_is_sent_is_what_the_guide_sends_and_no_more_than_listed",
        "account/test_bodies.py::test_sms_keeps_its_zones_and_campaign_settings",
        "cli/test_kept.py::test_a2p_settings_and_zones_of_sms",
    ),
    "the first location of a site is its default": (
        case("defaults: the first location of a new site is made its default"),
        case("defaults: a declared default comes first, wherever it stands"),
    ),
    "the new default comes before the old one goes": (
        case("defaults: the new default is promoted before the old one steps back"),
        "execution/test_executor.py::test_the_default_changes_hands_without_a_moment_of_none",
    ),
    "the last default is never taken away": (
        case("defaults: the last default is never taken away"),
    ),
    "passwords are not compared, and the plan says so": (
        case("secrets: a password cannot be compared, and the plan says so"),
        "cli/test_updates.py::test_a_password_of_which_nobody_can_tell_is_sent_again_only_when_asked_for",
        "cli/test_secret_changes.py::test_without_journal_or_key_a_warning_names_the_way_out",
    ),
    "a secret that changed is known by a keyed digest": (
        "cli/test_secret_changes.py::test_a_changed_password_is_planned_and_sent_once",
        "execution/test_sealing.py::test_neither_value_nor_key_is_in_the_journal_or_on_show",
        "execution/test_sealing.py::test_nothing_is_known_without_key_journal_and_resource",
    ),
}

NUMBERS = {
    "own orders count before anything is bought": (
        case("numbers: an open order is in flight, and awaited"),
        case("numbers: numbers of a completed order count before the list shows them"),
        case("numbers: numbers that an order brought and does not name count as there"),
        "planning/test_properties.py::test_exactly_the_shortfall_is_ordered",
    ),
    "an order of unknown quantity may be for all": (
        case("numbers: an open order that does not say for how many may be for all"),
        "account/test_orders.py::test_for_how_many_an_order_is_may_be_unknown",
    ),
    "a number counts until the account itself says that it is gone": (
        (
            "account/test_block_orders.py::"
            "test_a_number_that_the_list_lacks_counts_until_the_account_says_that_it_is_gone"
        ),
        "account/test_inventory.py::test_in_doubt_a_number_is_there_and_is_not_bought_again",
    ),
    "an answer that is no answer is not taken for none": (
        "account/test_orders.py::test_a_refused_look_up_is_not_taken_for_no_orders",
        "account/test_orders.py::test_what_is_no_list_of_orders_is_not_taken_for_no_orders",
        "account/test_inventory.py::test_what_is_no_list_of_numbers_is_not_taken_for_no_numbers",
    ),
    "nothing is looked up where nothing is missing": (
        "account/test_reader.py::test_a_plan_without_changes_takes_as_few_calls_as_can_be",
    ),
    "the name of a block's orders never changes": (
        "planning/test_customer_order_id.py::test_the_customer_order_id_of_a_block_never_changes",
        (
            "planning/test_customer_order_id.py::"
            "test_quantity_options_name_and_position_are_no_part_of_it"
        ),
        "planning/test_customer_order_id.py::test_everything_else_is_part_of_it",
    ),
    "orders of strangers are told apart on our side": (
        "account/test_orders.py::test_a_filter_that_matches_beginnings_brings_no_strangers",
    ),
    "the next order follows the highest number": (
        "planning/test_customer_order_id.py::test_the_next_order_follows_the_highest_found",
        case("numbers: after a failed order the next CustomerOrderId follows the highest"),
    ),
    "two equal blocks are an error": (refusal("equal-blocks"), refusal("equal-after-all")),
    "a telephone number is declared once": (
        refusal("listed-twice"),
        refusal("listed-in-two-places"),
        refusal("listed-by-alias"),
    ),
    "the key of no kind of block ever changes": (
        "planning/test_customer_order_id.py::test_the_key_of_no_kind_of_block_ever_changes",
        "planning/test_customer_order_id.py::test_every_kind_of_block_has_its_key_frozen",
    ),
    "orders are found beyond a gap in their numbering": (
        "account/test_orders.py::test_a_generation_that_is_not_listed_hides_no_later_one",
        (
            "execution/test_number_kinds.py::"
            "test_a_back_order_counts_although_the_orders_before_it_are_listed_no_more"
        ),
    ),
    "what no block asks for stays and is shown": (
        case("kinds: numbers of no block are shown and stay"),
    ),
    "the local calling area is switched off unless it is asked for": (
        (
            "resources/test_round_trip.py::"
            "test_the_local_calling_area_is_always_spoken_of_where_an_order_has_it"
        ),
        case("kinds: every kind is ordered by its own order type, in the words of the service"),
    ),
    "a block of any kind buys once and then only what is missing": (
        "execution/test_number_kinds.py::test_a_block_is_bought_once_and_then_there",
        "execution/test_number_kinds.py::test_a_number_that_was_released_is_replaced_by_one",
        "execution/test_number_kinds.py::test_a_raised_quantity_orders_the_difference",
        "execution/test_number_kinds.py::test_all_kinds_together_are_bought_once",
    ),
    "a listed number counts for the block that lists it": (
        "planning/test_claims.py::test_a_listed_number_counts_for_the_block_that_lists_it",
    ),
    "a number that is added to a list is ordered alone": (
        "execution/test_listed_numbers.py::test_a_number_that_is_added_is_ordered_alone",
        (
            "execution/test_listed_numbers.py::"
            "test_a_number_that_is_added_while_the_others_are_on_order_is_ordered_alone"
        ),
        (
            "execution/test_listed_numbers.py::"
            "test_a_list_that_begins_with_another_number_buys_none_twice"
        ),
        case("listed: a list is known by its first number, and a longer one finds its orders"),
    ),
    "places are told by the account": (
        "planning/test_claims.py::test_places_are_told_by_the_account",
        case("kinds: numbers that were there before are adopted, each by one block"),
    ),
    "in doubt nothing is bought, and the numbers are named": (
        "planning/test_claims.py::test_in_doubt_a_number_counts_and_is_named",
        case(
            "kinds: where the account does not tell, nothing is bought, and the numbers are named"
        ),
        case("listed: a number that the account may have somewhere is neither bought nor moved"),
    ),
    "one number counts for one block, and as little as can be is bought": (
        ("planning/test_claims.py::test_every_number_counts_once_or_not_at_all_whatever_the_order"),
        "planning/test_claims.py::test_no_other_way_of_handing_them_out_would_buy_less",
    ),
    "listed numbers of another location are moved": (
        case("listed: a number that is on another location of the account is moved, not bought"),
        (
            "execution/test_listed_numbers.py::"
            "test_numbers_on_another_location_are_moved_and_not_bought"
        ),
    ),
    "what another block would lack is not moved away from it": (
        case("listed: a number that another block would lack is not moved away from it"),
        "execution/test_listed_numbers.py::test_a_number_that_its_location_would_lack_stays",
    ),
    "a move whose answer was lost is looked for": (
        (
            "execution/test_listed_numbers.py::"
            "test_a_move_whose_answer_was_lost_is_looked_for_and_not_made_again"
        ),
    ),
    "back orders that no block asks for are named with the way to close them": (
        case("kinds: a back order that a lowered quantity leaves over is named"),
        (
            "execution/test_number_kinds.py::"
            "test_a_back_order_counts_and_once_it_is_left_over_it_is_named"
        ),
        (
            "execution/test_number_kinds.py::"
            "test_a_back_order_for_another_files_location_is_none_of_our_business"
        ),
    ),
    "the order of blocks means nothing": (
        case(
            "numbers: a number counts for the block that it is of, whatever the order of the blocks"
        ),
    ),
    "the longest match claims a number": (
        (
            "planning/test_claims.py::"
            "test_the_longest_match_claims_a_number_whatever_the_order_of_the_blocks"
        ),
    ),
    "the block that bought a number has it": (
        (
            "planning/test_claims.py::"
            "test_the_block_that_bought_a_number_comes_before_the_longest_match"
        ),
        (
            "planning/test_properties.py::"
            "test_a_number_counts_for_one_block_and_first_for_the_one_that_bought_it"
        ),
    ),
    "a number on another location is not bought again": (
        (
            "account/test_block_orders.py::"
            "test_a_number_on_another_location_counts_and_is_named_with_it"
        ),
    ),
    "what was just brought counts, whichever clock is wrong": (
        (
            "account/test_block_orders.py::"
            "test_what_was_brought_within_the_settle_time_counts_whatever_the_account_says"
        ),
        (
            "account/test_block_orders.py::"
            "test_what_is_young_by_the_clock_of_the_service_counts_although_ours_is_ahead"
        ),
    ),
    "a number is gone where the account says so in its own words": (
        "account/test_inventory.py::test_a_number_is_gone_when_the_account_says_so",
        "account/test_inventory.py::test_in_doubt_a_number_is_there_and_is_not_bought_again",
    ),
    "nothing is bought for numbers that the plan did not see": (
        (
            "account/test_purchase.py::"
            "test_nothing_is_bought_for_a_sippeer_that_has_numbers_which_the_plan_did_not_see"
        ),
    ),
    "released numbers are replaced, and the plan says so": (
        case("numbers: numbers that the account says are gone are replaced"),
    ),
    "a status that nobody knows is waited for": (
        case("numbers: a status that nobody knows counts as open"),
        "account/test_orders.py::test_a_status_that_is_not_known_keeps_waiting",
    ),
    "an order that brought too few is told and made up for by the next run": (
        "execution/test_executor.py::test_an_order_without_enough_stock_comes_short",
        case("numbers: what a partial order left out is ordered under the next CustomerOrderId"),
        "cli/test_interrupting.py::test_an_awaited_order_that_brings_too_few_exits_with_3",
    ),
    "a back order is not waited for": (
        case("numbers: a back order counts and is not awaited"),
        "execution/test_executor.py::test_a_back_order_is_not_waited_for",
    ),
    "two orders of one name both count, and loudly": (
        case("numbers: several orders under one CustomerOrderId all count"),
        "account/test_purchase.py::test_two_orders_under_one_id_are_told_loudly_and_both_count",
        "account/test_purchase.py::test_two_orders_after_a_lost_answer_are_told_loudly_as_well",
    ),
    "fewer declared releases nothing": (case("numbers: more than declared is never released"),),
    "more than the limit is not bought": (
        case("numbers: a plan beyond the limit is refused"),
        case("numbers: the limit is 100 where the spec names none"),
        (
            "cli/test_bad_input.py::"
            "test_a_plan_beyond_the_limit_is_refused_with_the_line_that_would_allow_it"
        ),
    ),
}

LOST_ANSWERS = {
    "what was refused for its pace is repeated": (
        "account/test_client.py::test_a_post_refused_for_pace_is_repeated",
    ),
    "what never left is repeated": (
        "account/test_client.py::test_a_post_whose_connection_was_refused_is_repeated",
    ),
    "what may have been done is looked for and not repeated": (
        "account/test_purchase.py::test_a_lost_order_that_cannot_be_looked_for_is_not_placed_again",
        (
            "account/test_purchase.py::"
            "test_an_order_whose_answer_was_lost_is_looked_for_and_placed_once"
        ),
        "account/test_writer.py::test_a_lost_create_that_cannot_be_looked_for_is_not_repeated",
        (
            "execution/test_releases.py::"
            "test_a_release_that_cannot_be_looked_for_is_not_taken_for_refused"
        ),
    ),
    "what comes late to the lists is waited for": (
        "account/test_purchase.py::test_an_order_that_comes_late_to_the_list_is_adopted",
        (
            "account/test_settling.py::"
            "test_what_is_not_there_is_looked_for_until_the_lists_have_settled"
        ),
    ),
    "several that it could have been stop the step": (
        "account/test_writer.py::test_several_that_a_lost_create_could_have_made_are_ambiguous",
    ),
    "only what the lost request would have made is adopted": (
        "account/test_writer.py::test_a_lost_create_leaves_alone_what_was_there_under_the_name",
        "account/test_writer.py::test_a_lost_create_does_not_adopt_what_has_another_name",
    ),
    "a location that is there already is adopted": (
        "account/test_writer.py::test_a_sippeer_that_is_there_already_is_adopted",
    ),
    "a corrected address does not mean that it is there": (
        "account/test_writer.py::test_an_address_correction_is_not_taken_for_being_there",
    ),
    "a parent that was just made may be unknown for a while": (
        "account/test_writer.py::test_a_new_parent_that_is_not_known_yet_is_waited_for",
    ),
    "what is about to be sent is on disk before it leaves": (
        "execution/test_recovery.py::test_nothing_is_sent_that_cannot_be_recorded",
        "account/test_sending.py::test_a_write_is_announced_anew_before_each_try",
        "cli/test_journal.py::test_a_disk_that_is_full_stops_a_run_before_its_next_write",
    ),
    "ids are on disk before the next step starts": (
        "execution/test_journal.py::test_a_crash_at_any_point_loses_nothing_that_was_confirmed",
        (
            "execution/test_recovery.py::"
            "test_what_was_done_and_could_not_be_recorded_is_told_with_its_id"
        ),
    ),
    "what a killed run left open is found out first": (
        "execution/test_recovery.py::test_a_run_that_is_killed_at_a_post_is_made_up_for_by_the_next",
        "execution/test_recovery.py::test_what_is_seen_at_once_is_not_waited_for",
        (
            "execution/test_recovery.py::"
            "test_an_intent_from_the_future_is_waited_for_no_longer_than_any"
        ),
        "cli/test_journal.py::test_a_killed_run_is_made_up_for_by_the_next",
        "cli/test_journal.py::test_waiting_for_the_lists_can_be_interrupted_at_once",
    ),
    "what an earlier run just made is read by its id": (
        (
            "execution/test_recovery.py::"
            "test_a_second_run_at_once_finds_everything_although_no_list_shows_it"
        ),
        (
            "execution/test_recovery.py::"
            "test_an_order_that_the_account_does_not_know_yet_is_in_flight"
        ),
        (
            "execution/test_recovery.py::"
            "test_a_parent_that_an_earlier_run_made_may_be_unknown_for_a_while"
        ),
    ),
    "without the journal all converges where lists do not lag": (
        (
            "execution/test_recovery.py::"
            "test_without_the_journal_all_converges_where_lists_do_not_lag"
        ),
    ),
    "what was just brought counts whatever a list says": (
        (
            "account/test_block_orders.py::"
            "test_what_was_brought_within_the_settle_time_counts_whatever_the_account_says"
        ),
        "account/test_writer.py::test_the_id_of_a_new_sippeer_comes_from_its_location",
    ),
}

RELEASING = {
    "lowering a quantity releases nothing": (
        case("numbers: more than declared is never released"),
        "cli/test_release.py::test_what_the_spec_still_wants_is_refused_with_its_place",
    ),
    "releasing is a command of its own, and the account id is typed": (
        "cli/test_release.py::test_the_account_id_has_to_be_typed",
        "cli/test_release.py::test_without_a_terminal_it_takes_a_yes",
        "cli/test_release.py::test_a_number_is_released_with_its_place_shown",
    ),
    "what the spec still wants is not released": (
        "execution/test_releases.py::test_what_a_block_would_lack_is_not_released",
        "execution/test_releases.py::test_a_listed_number_is_not_released",
        "cli/test_release.py::test_a_back_order_that_its_block_would_place_again_stays",
    ),
    "a release whose answer was lost is looked for": (
        "execution/test_releases.py::test_a_release_whose_answer_was_lost_is_looked_for",
        "execution/test_releases.py::test_what_is_gone_by_then_is_not_sent_again",
    ),
    "a release is never sent twice": (
        "execution/test_releases.py::test_a_killed_release_is_found_and_not_sent_again",
        "execution/test_releases.py::test_what_somebody_is_releasing_is_waited_for",
        (
            "cli/test_release.py::"
            "test_an_order_that_takes_longer_than_it_may_is_open_and_not_placed_again"
        ),
    ),
    "after a release nothing is bought": (
        "execution/test_releases.py::test_after_a_release_nothing_is_bought",
    ),
    "an open back order can be closed, and keeps its name": (
        "cli/test_release.py::test_a_back_order_is_closed",
    ),
}

DELETING = {
    "what is left out stays unless the spec prunes": (
        case("pruning: without prune nothing is deleted"),
        "cli/test_pruning.py::test_without_prune_what_is_left_out_stays",
    ),
    "sippeers are pruned within declared sites": (
        case(
            "pruning: what is not declared goes after all that is on it, and the default of a site"
            " last"
        ),
        case("pruning: a site that is not empty stays, and so does all that is on it"),
        "cli/test_pruning.py::test_what_is_not_declared_goes_and_the_next_plan_is_empty",
        "execution/test_removal.py::test_prune_leaves_what_is_declared_and_what_is_in_use",
    ),
    "sites are pruned only when empty of everything": (
        case("pruning: a site that is not empty stays, and so does all that is on it"),
    ),
    "applications are pruned when they are for messaging and nothing uses them": (
        case("pruning: an application that somebody uses stays"),
        case("pruning: what a declared location lets go of waits for it"),
        "cli/test_pruning.py::test_an_application_that_somebody_uses_stays",
        "cli/test_pruning.py::test_a_voice_application_is_none_of_ours",
    ),
    "what is pruned goes after what is made beside it": (
        "cli/test_pruning.py::test_what_is_made_in_its_place_comes_before_it_goes",
        case("renames: what differs from what prune deletes is another one"),
    ),
    "destroy takes what is declared and nothing else": (
        "cli/test_destroy.py::test_everything_goes_in_the_order_that_the_account_wants",
        "cli/test_destroy.py::test_what_is_not_declared_stays",
        (
            "execution/test_removal.py::"
            "test_destroy_leaves_nothing_declared_and_touches_nothing_else"
        ),
    ),
    "a target never deletes": ("cli/test_targeting.py::test_a_part_of_a_plan_prunes_nothing",),
    "without rows nothing is deleted": (
        "cli/test_pruning.py::test_without_rows_nothing_is_pruned",
        "cli/test_destroy.py::test_without_rows_nothing_is_destroyed",
    ),
    "what others changed since the plan is not deleted": (
        "account/test_writer.py::test_what_was_changed_since_the_plan_is_not_deleted",
        "account/test_writer.py::test_another_application_than_the_plan_saw_stays_assigned",
        (
            "cli/test_destroy.py::"
            "test_what_was_put_to_another_use_while_it_asked_is_asked_about_again"
        ),
    ),
    "locations with numbers block": (
        case("pruning: numbers are in the way"),
        "cli/test_pruning.py::test_numbers_are_in_the_way_and_the_ways_out_are_named",
        "cli/test_destroy.py::test_numbers_are_in_the_way_and_named",
    ),
    "numbers are released first only after their count was typed": (
        "cli/test_destroy.py::test_numbers_that_the_spec_does_not_ask_for_are_told",
        "cli/test_destroy.py::test_the_account_id_and_the_count_have_to_be_typed",
        "cli/test_destroy.py::test_a_script_has_to_name_the_account_and_the_count",
    ),
    "new numbers have a limit": (
        "planning/test_refusals.py::test_it_says_what_is_wrong_and_the_way_out[limit]",
    ),
    "deletes have a limit": (
        case("pruning: more than ten deletes are refused"),
        case("pruning: a limit of deletes that says so lets them go"),
    ),
    "the share of changes has a limit from ten live resources on": (
        case("pruning: more than half of ten live resources are not changed unasked"),
        case("pruning: half of ten is as much as may change"),
        case("pruning: below ten there is no share"),
    ),
    "a refused plan shows the line that would allow it": (
        (
            "cli/test_pruning.py::"
            "test_more_deletes_than_the_limit_are_refused_with_the_line_that_allows_them"
        ),
        "cli/test_pruning.py::test_too_large_a_share_is_refused_until_somebody_says_why",
    ),
}

SAVED_PLANS = {
    "it is bound to its account and its API": (
        "cli/test_saved_plans.py::test_it_is_bound_to_its_account_and_to_its_api",
    ),
    "a step whose target holds is done, so that a replay anywhere does nothing": (
        "cli/test_saved_plans.py::test_a_saved_plan_is_applied_and_then_does_nothing",
        "cli/test_saved_kinds.py::test_deletes_are_carried_out_once",
        "cli/test_saved_kinds.py::test_a_new_name_is_given_once",
        "execution/test_saved_campaigns.py::test_numbers_that_are_there_are_put_on_it_once",
        "cli/test_saved_plans.py::test_a_saved_plan_is_applied_on_another_machine_and_does_nothing_on_a_third",
    ),
    "what was changed meanwhile is shown, and nothing sent": (
        "cli/test_saved_plans.py::test_a_site_that_was_changed_meanwhile_is_shown_and_refused",
        "cli/test_saved_plans.py::test_what_was_made_meanwhile_otherwise_than_planned_is_told",
        "cli/test_saved_plans.py::test_a_number_that_came_meanwhile_makes_an_order_stale",
        "cli/test_saved_kinds.py::test_a_location_that_got_numbers_since_is_not_deleted",
        "execution/test_saved_campaigns.py::test_a_number_that_is_gone_makes_it_stale",
    ),
    "an order that is there under its CustomerOrderId is not placed again": (
        "cli/test_saved_plans.py::test_the_same_order_of_somebody_else_is_not_placed_again",
        "cli/test_saved_plans.py::test_a_run_killed_after_its_order_is_made_up_for_on_another_machine",
        "execution/test_saved_numbers.py::test_other_orders_of_the_block_make_it_stale",
    ),
    "just what it touches is read again": (
        "cli/test_saved_plans.py::test_just_what_it_touches_is_read_again",
    ),
    "no secret and no command is in it": (
        "cli/test_saved_plans.py::test_no_secret_is_in_the_file_and_its_source_is_read_again",
        "cli/test_saved_plans.py::test_what_cannot_be_read_again_without_a_command_is_not_saved",
    ),
}

ISOLATION = {
    "the embedded account takes nothing from the real one": (
        "cli/test_main_job.py::test_the_embedded_account_ignores_the_credentials_of_a_real_one",
    ),
    "journal and lease are those of one account": (
        "execution/test_journal.py::test_accounts_and_origins_never_mix",
        "execution/test_lease.py::test_another_account_has_a_lease_of_its_own",
    ),
    "one run at a time has the lease": (
        ("execution/test_lease.py::test_of_processes_that_race_for_the_lease_one_at_a_time_has_it"),
        "cli/test_journal.py::test_a_second_apply_is_refused_with_the_name_of_the_first",
        "cli/test_journal.py::test_two_applies_that_start_at_one_moment_make_everything_once",
    ),
    "every intent checks that the lease is still ours": (
        (
            "execution/test_lease.py::"
            "test_a_lease_without_a_heartbeat_is_taken_over_and_its_run_fenced"
        ),
        (
            "cli/test_journal.py::"
            "test_a_lease_can_be_ended_and_its_run_then_stops_before_its_next_write"
        ),
    ),
    "a plan takes no lock": ("cli/test_journal.py::test_a_plan_takes_no_lock",),
    "a plan writes nothing": ("cli/test_main_job.py::test_a_dry_run_writes_nothing",),
    "a plan names host and account": (
        "cli/test_main_job.py::test_the_first_plan_creates_six_things_and_orders_one_number",
        "planning/test_plan.py::test_the_digest_names_what_happens_where",
    ),
}

SECTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "identity": IDENTITY,
    "comparing": COMPARING,
    "numbers": NUMBERS,
    "lost answers": LOST_ANSWERS,
    "releasing": RELEASING,
    "deleting": DELETING,
    "saved plans": SAVED_PLANS,
    "isolation": ISOLATION,
}
RULES = [
    pytest.param(tests, id=f"{section}: {rule}")
    for section, rules in SECTIONS.items()
    for rule, tests in rules.items()
]


@pytest.fixture(scope="module")
def there() -> frozenset[str]:
    """Every test of the files that are named here, as pytest itself finds them: by its id, and
    without its parameters for all of them together."""
    named = {test for rules in SECTIONS.values() for tests in rules.values() for test in tests}
    files = sorted({test.partition("::")[0] for test in named})
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *files],
        check=False,
        cwd=TESTS,
        env={name: text for name, text in os.environ.items() if name != "PYTEST_ADDOPTS"},
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    collected = {line.removeprefix(f"{TESTS.name}/") for line in found.stdout.splitlines()}
    return frozenset(collected | {each.partition("[")[0] for each in collected})


@pytest.mark.parametrize("tests", RULES)
def test_every_rule_is_held_by_tests_that_exist(
    tests: tuple[str, ...], there: frozenset[str]
) -> None:
    assert tests
    assert {test for test in tests if test not in there} == set()


def test_a_test_that_does_not_exist_would_be_missed(there: frozenset[str]) -> None:
    assert case("numbers: numbers that are there are enough") in there
    assert case("numbers: no such case") not in there
    assert refusal("no-such-spec") not in there
