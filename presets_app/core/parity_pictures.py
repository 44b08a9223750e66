"""Faults between two sequences of pictures that show the same thing: late, fast, frozen, tinted, blurred, damaged."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from presets_app.core import parity_thresholds as gate
from presets_app.core.parity_reasons import Reason, number
from presets_app.core.parity_thresholds import SameAs

Facts = dict[str, Any]


def related(video: Facts) -> bool:
    """True when the clips are the same shot, perhaps with a change to it."""
    likeness = number(video["between"].get("likeness"))
    edges = video["between"].get("edges") or {}
    drawn = number(edges.get("agreement")) or 0.0, number(edges.get("energy")) or 0.0
    alike = drawn[0] >= gate.DRAWN_ALIKE and 0.5 < drawn[1] < 2.0  # neither side is mostly noise
    return alike or (likeness is not None and likeness >= gate.RELATED)


def is_same(video: Facts, limit: SameAs) -> bool:
    """Within noise: SSIM of the mean and of the worst frame, PSNR of the mean."""
    ssim, low = number(video["ssim"]["mean"]), number(video["ssim"]["min"])
    psnr = number(video["psnr"]["mean"])
    if ssim is None or low is None:
        return False
    return ssim >= limit.ssim and low >= limit.ssim and (psnr is None or psnr >= limit.psnr)


def differs_in_grain(video: Facts, limit: SameAs) -> bool:
    """Not within noise by SSIM, but only in what an encoder throws away of noisy pictures."""
    low, psnr = number(video["ssim"]["min"]), number(video["psnr"]["mean"])
    likeness = number(video["between"].get("likeness")) or 0.0
    apart = number((video["between"].get("apart") or {}).get("lasting"))
    most = number((video["between"].get("apart") or {}).get("most")) or 0.0
    if low is None or psnr is None or apart is None:
        return False
    agrees = any(likeness >= row[0] and apart <= row[1] for row in gate.GRAIN_ROWS) and most < gate.MOMENT
    return agrees and psnr >= min(limit.psnr, gate.GRAIN_PSNR) and low >= limit.ssim - gate.GRAIN_SSIM


def picture_faults(video: Facts, limit: SameAs, rates: tuple[str | None, str | None]) -> Iterator[Reason]:
    """Named changes between the two sides, which play at `rates`."""
    static = tuple(_static(video))
    if static:  # frames of noise have neither timing nor tone
        yield from static
        return
    timing = (*_shift(video), *_speed(video, rates))
    held = tuple(_held(video))
    yield from timing
    yield from held
    if any(reason.severity == "ask" for reason in timing):
        return  # what looked like a lag brings no pictures together, so there is nothing to compare point by point
    # Where one side stands still the pictures part, and what they then differ in has that cause.
    if any(reason.code == "frozen" for reason in held):
        return
    surface = tuple(_surface(video, steady=not held, timed=bool(timing))) if related(video) else ()
    yield from surface
    yield from _beneath(video, limit, {reason.code for reason in surface})
    if not held and not {"flicker", "blur", "colour_shift"} & {reason.code for reason in surface}:
        yield from _damage(video, limit, surface=surface, moved=bool(timing))


def _beneath(video: Facts, limit: SameAs, named: set[str]) -> Iterator[Reason]:
    """What light and colour do not explain: another take flickers and drifts against this one, too."""
    likeness = number(video["between"].get("likeness"))
    lit = named and named <= {"flicker", "brightness_drift", "colour_shift"}
    if lit and likeness is not None and likeness < gate.UNEXPLAINED and not is_same(video, limit):
        message = f"Without brightness and colour the pictures still agree only to {likeness:.3f}: a person decides."
        yield Reason("content_differs", "ask", message, None, {"likeness": likeness, "threshold": gate.UNEXPLAINED})


def _static(video: Facts) -> Iterator[Reason]:
    """Single frames of noise in a clip that otherwise agrees."""
    for frame in video["worst_frames"] if related(video) else ():
        sides = [side for side in frame.get("static") or [] if _smooth(video[side])]
        if (
            len(sides) == len(frame.get("static") or []) == 1
            and frame["psnr"] is not None
            and frame["psnr"] < gate.STATIC_DB
        ):
            place = {"side": sides[0], "frame": frame["frame"]}
            message = f"At frame {frame['frame']} the {sides[0]} side shows nothing but noise."
            yield Reason("static_noise", "fail", message, place, {"psnr": frame["psnr"]})
            return


def _smooth(seen: Facts) -> bool:
    """Not a texture of noise throughout, which is that clip's picture."""
    near = number((seen.get("noise") or {}).get("neighbour_correlation"))
    return near is None or near >= gate.STATIC_NEAR


def _surface(video: Facts, *, steady: bool, timed: bool) -> Iterator[Reason]:
    """Changes to the whole of the picture: flicker, noise, blur, colour. What differs in one place is none of them."""
    flicker = tuple(_flicker(video)) if steady else ()
    blur = () if timed else tuple(_blur(video))
    soft = any(reason.numbers["side"] == "right" for reason in blur)  # which moves coarse points too in sparse pictures
    local = not (flicker or soft) and any(_place(video))
    noise = () if local else tuple(_added(video))
    blur = () if noise or local else blur
    elsewhere = () if timed or local or flicker or noise or blur else tuple(_displaced(video))
    tint = number((video["between"].get("colour") or {}).get("delta_e")) or 0.0
    # Another frame of the same scene has another mean colour, too.
    moved = bool(elsewhere) and tint < 2 * gate.DELTA_E
    colour = () if moved else tuple(_colour(video["between"], blurred=bool(blur), flickers=bool(flicker)))
    yield from flicker
    yield from noise
    yield from blur
    yield from colour
    yield from () if colour else elsewhere


def _shift(video: Facts) -> Iterator[Reason]:
    """A lag counts where the pictures agree after it was taken out: two takes of one shot may share a rhythm."""
    frames, alignment = int(video["offset_frames"]), video.get("alignment") or {}
    ssim, psnr = number(video["ssim"]["mean"]) or 0.0, number(video["psnr"]["mean"])
    steps = alignment.get("held") or []
    if not (frames or steps):
        return
    before, after = (number(alignment.get(name)) or 0.0 for name in ("cost_unshifted", "cost"))
    agree = ssim >= gate.ALIGNED_SSIM and (psnr is None or psnr >= gate.ALIGNED_PSNR)
    shortest = min(video.get("frames_left") or 0, video.get("frames_right") or 0)
    limit = gate.LAG_SURE if video["frames"] >= gate.LAG_OVERLAP * shortest else 0.0  # a few frames may agree by chance
    agree = agree and (bool(steps) or after <= max(limit, gate.LAG_COST * before * (1 if limit else 0.3)))
    numbers = {"frames": frames, "changes": len(steps)}
    if steps:
        first = steps[0]
        count = _frames(first["late"])
        message = f"From frame {first['frame']} on the {first['side']} side is {count} late" + (
            f", and the lag changes {len(steps) - 1} more times." if len(steps) > 1 else "."
        )
        place = {"side": first["side"], "frame": first["frame"]}
        numbers["frames"] = frames or (first["late"] if first["side"] == "right" else -first["late"])
    else:
        late = "right" if frames > 0 else "left"
        message = f"The {late} side is {_frames(abs(frames))} late; the pictures were compared after aligning them."
        place = {"side": late, "frame": 0}
    yield Reason("time_shift", "fail" if agree else "ask", message, place, numbers)


def _frames(count: int) -> str:
    return f"{count} frame" + ("" if count == 1 else "s")


def _speed(video: Facts, rates: tuple[str | None, str | None]) -> Iterator[Reason]:
    """Left frames for each right frame, and how fast both play them."""
    pace = number((video.get("alignment") or {}).get("speed")) or 1.0
    if not (rates[0] and rates[1]):
        return
    speed = pace * float(Fraction(rates[1]) / Fraction(rates[0]))
    unlike = pace == 1.0 and not related(video)
    if abs(speed - 1) < gate.SPEED or unlike:
        return
    word = "fast" if speed > 1 else "slow"
    message = (
        f"The right side plays too {word}, {speed:.3g} times the left's speed; the pictures were compared aligned."
    )
    yield Reason(
        "speed_change", "fail", message, {"side": "right", "frame": 0}, {"speed": round(speed, 4), "frames_each": pace}
    )


def _held(video: Facts) -> Iterator[Reason]:
    """Repeated frames; for another take only a long stand-still, because its motion has a timing of its own."""
    for side in ("left", "right"):
        run = dict(video["between"]["held"][side])
        for step in (video.get("alignment") or {}).get("held") or []:
            if step["side"] == side and step["still"]:
                run.update(count=max(run["count"], step["late"]), longest=max(run["longest"], step["late"]))
                run["at"] = step["frame"] if run["at"] is None else run["at"]
        yield from _held_on(video, side, run)


def _held_on(video: Facts, side: str, run: Facts) -> Iterator[Reason]:
    needed = gate.FROZEN_RUN if related(video) else max(2 * gate.FROZEN_RUN, gate.FROZEN_SHARE * run["of"])
    place, numbers = {"side": side, "frame": run["at"]}, {"count": run["count"], "longest": run["longest"]}
    if run["longest"] >= needed:
        message = f"The {side} side stands still for {run['longest']} frames while the other moves."
        yield Reason("frozen", "fail", message, place, numbers)
    elif run["count"] and related(video):
        verb = "differs" if run["count"] == 1 else "differ"
        message = f"The {side} side repeats {_frames(run['count'])} that {verb} on the other."
        yield Reason("duplicate_frames", "fail", message, place, numbers)


def _colour(between: Facts, *, blurred: bool, flickers: bool) -> Iterator[Reason]:
    drift = between.get("drift") or {}
    gained, range_ = number(drift.get("luma")) or 0.0, number(drift.get("luma_range")) or 0.0
    tint = sum((number(value) or 0.0) ** 2 for value in drift.get("chroma") or ()) ** 0.5
    if flickers:
        gained = gained if abs(gained) >= gate.DRIFT_BESIDE_FLICKER else 0.0
    drifts = abs(gained) >= gate.DRIFT or tint >= gate.DRIFT or (range_ >= gate.DRIFT_RANGE and not flickers)
    if drifts:
        word = "brighter" if gained > 0 else "darker"
        message = f"The right side grows {word} by {abs(gained):.1f} of 255 levels from start to end."
        if abs(gained) < gate.DRIFT:
            message = f"The right side's colour drifts by {tint:.1f} chroma levels from start to end."
            if tint < gate.DRIFT:
                message = f"The right side's brightness wanders by {range_:.1f} of 255 levels."
        numbers = {"levels": gained, "chroma": round(tint, 3), "range": range_, "threshold": gate.DRIFT}
        yield Reason("brightness_drift", "fail", message, {"frame": 0}, numbers)
    # A drift moves the mean colours too; a tint is one that is there from the start.
    begins = abs(number(drift.get("start_luma")) or 0.0) + (number(drift.get("start_chroma")) or 0.0)
    yield from _tint(between, blurred=blurred, flickers=flickers, lately=drifts and begins < 2 * gate.DRIFT)


def _tint(between: Facts, *, blurred: bool, flickers: bool, lately: bool) -> Iterator[Reason]:
    colour, tone = between.get("colour") or {}, between.get("tone") or {}
    # The same distance throughout is a tint; where only some regions differ something else is there.
    distance = number(colour.get("delta_e")) or 0.0
    drawn = number((between.get("edges") or {}).get("agreement")) or 0.0
    if max(number(between.get("likeness")) or 0.0, drawn) >= gate.HUE_LIKENESS:
        # A turned hue leaves what is grey as it is, so a quarter of the picture is enough where its drawing agrees.
        distance = max(distance, (number(colour.get("delta_e_quarter")) or 0.0) - gate.HUE_LESS)
    if lately and distance < gate.DELTA_E_BESIDE_DRIFT:
        distance = 0.0
    if flickers:  # up and down again is no tint
        distance = min(distance, number(between.get("delta_e")) or 0.0)
    contrast, saturation = number(tone.get("contrast")), number(tone.get("saturation"))
    flatter = contrast is not None and abs(contrast - 1) >= gate.CONTRAST and not blurred
    flatter = flatter and (number(tone.get("contrast_agreement")) or 0.0) >= gate.CONTRAST_AGREES
    paler = saturation is not None and abs(saturation - 1) >= gate.SATURATION and not blurred
    paler = paler and (number(tone.get("saturation_agreement")) or 0.0) >= gate.SATURATION_AGREES
    chroma = number(tone.get("chroma"))
    paler = paler and (chroma is None or abs((saturation or 1.0) - 1) * chroma >= gate.SATURATION_LEVELS)
    if distance < gate.DELTA_E and not flatter and not paler:
        return
    said = [f"the mean colours are {distance:.1f} apart (CIE 1976; about 2.3 is just noticeable)"]
    said += [f"contrast is {contrast:.0%} of the left's"] if flatter else []
    said += [f"saturation is {saturation:.0%} of the left's"] if paler else []
    message = "; ".join(said)
    place = {"frame": colour.get("frame"), "region": colour.get("region")}
    numbers = {"delta_e": distance, "contrast": contrast, "saturation": saturation, "threshold": gate.DELTA_E}
    yield Reason("colour_shift", "fail", f"{message[0].upper()}{message[1:]}.", place, numbers)


def _flicker(video: Facts) -> Iterator[Reason]:
    flicker, pairs = video["between"].get("flicker") or {}, int(video["frames"])
    levels, turns = number(flicker.get("levels")) or 0.0, int(flicker.get("turns") or 0)
    if levels >= gate.FLICKER and turns >= max(3, gate.FLICKER_TURNS * pairs):
        message = f"Brightness jumps by {levels:.1f} of 255 levels on one side only, turning {turns} times."
        place = {"frame": flicker["frame"]}
        yield Reason("flicker", "fail", message, place, {"levels": levels, "turns": turns, "threshold": gate.FLICKER})
        return
    levels, turns = number(flicker.get("region_levels")) or 0.0, int(flicker.get("region_turns") or 0)
    if levels >= gate.FLICKER_REGION and turns >= max(4, gate.FLICKER_REGION_TURNS * pairs):
        message = (
            f"In one region brightness jumps by {levels:.1f} of 255 levels on one side only, turning {turns} times."
        )
        place = {"frame": flicker["region_frame"], "region": flicker["region"]}
        yield Reason(
            "flicker", "fail", message, place, {"levels": levels, "turns": turns, "threshold": gate.FLICKER_REGION}
        )


def _added(video: Facts) -> Iterator[Reason]:
    """Noise on one side: a difference without structure that makes fine structure stronger."""
    edges = video["between"].get("edges") or {}
    added, energy = number(edges.get("added")) or 0.0, number(edges.get("energy"))
    near = number(edges.get("added_correlation"))
    if energy is None or near is None:
        return
    smooth = [number((video[side].get("noise") or {}).get("smooth_share")) or 0.0 for side in ("left", "right")]
    rougher = energy >= gate.ADDED_KEEPS and smooth[0] - smooth[1] >= gate.ADDED_ROUGH
    beside = added >= gate.ADDED and abs(near) < gate.ADDED_CORRELATION and (energy >= gate.ADDED_ENERGY or rougher)
    if beside or _mixed(video, added, energy):
        message = f"The right side carries noise of {added:.1f} of 255 levels that the left does not have."
        numbers = {"levels": added, "correlation": near, "energy": energy, "threshold": gate.ADDED}
        yield Reason("static_noise", "fail", message, {"side": "right", "frame": edges.get("frame")}, numbers)


def _mixed(video: Facts, added: float, energy: float) -> bool:
    """The same picture under noise that took contrast from it, so that the difference has structure too."""
    between = video["between"]
    if added < gate.MIXED or (number(between.get("likeness")) or 0.0) < gate.MIXED_LIKENESS:
        return False
    apart = (number(between["edges"].get("agreement")) or 0.0) < gate.MIXED_AGREES
    noisy = [frame for frame in video["worst_frames"] if frame.get("static") == ["right"]]
    return (energy >= gate.MIXED_ENERGY and apart) or 2 * len(noisy) > len(video["worst_frames"])


def _blur(video: Facts) -> Iterator[Reason]:
    """How strong the strongest edges are on the other side, free of a change of contrast."""
    edges, tone = video["between"].get("edges") or {}, video["between"].get("tone") or {}
    forth, back = number(edges.get("steepness")), number(edges.get("steepness_back"))
    energy, strength = number(edges.get("energy")), number(edges.get("strength"))
    if forth is None or back is None or not energy or not strength:
        return
    coarse, gain = number(tone.get("contrast")) or 1.0, 1.0
    if abs(coarse - 1) >= gate.GAIN and (number(tone.get("contrast_agreement")) or 0.0) >= gate.GAIN_AGREES:
        gain = coarse  # blur takes contrast from small things too, which must not excuse it
    sides = (
        ("right", strength / gain, back * gain, energy / gain**2, coarse),
        ("left", gain / strength, forth / gain, gain**2 / energy, 1 / coarse),
    )
    for side, kept, steep, fine, contrast in sides:
        gone = fine < gate.GONE_ENERGY and contrast < gate.GONE_CONTRAST and kept < gate.BLUR_TEXTURE
        whole = gone or _softer(kept, steep, edges)
        found = _parts(edges, steep) or whole if side == "right" else whole and _everywhere(edges)
        if fine < gate.FINE_ENERGY and found:
            message = f"The strongest edges on the {side} side are {kept:.0%} as strong as on the other."
            place = {"side": side, "frame": edges.get("frame")}
            numbers = {"strength": round(kept, 4), "energy": round(fine, 4), "side": side}
            yield Reason("blur", "fail", message, place, numbers)
            return


def _softer(kept: float, steep: float, edges: Facts) -> bool:
    """Everywhere, as a filter does it."""
    if any(kept < strength and steep >= needed for strength, needed in gate.BLUR_ROWS):
        return True
    visible = (number(edges.get("added")) or 0.0) >= gate.TEXTURE_LEVELS
    return visible and kept < gate.BLUR_TEXTURE and steep >= gate.STEEP + gate.STEEP_MORE * kept


def _everywhere(edges: Facts) -> bool:
    """True when the left side's loss is not that of one place or moment, where something new came on the right."""
    least = 1 / gate.BLUR_ROWS[1][0]
    return all(spread[0] >= least for spread in (edges.get("by_time"), edges.get("by_place")) if spread)


def _parts(edges: Facts, steep: float) -> bool:
    """True when edges are kept at some times and lost at others."""
    spread = edges.get("by_time") or (1.0, 1.0)
    return bool(spread[0] < gate.PART_LOST and spread[1] >= gate.PART_KEPT and steep >= gate.PART_STEEP)


def _displaced(video: Facts) -> Iterator[Reason]:
    """Edges as strong as on the other side, in other places: moved by a few points, or drawn anew."""
    edges = video["between"].get("edges") or {}
    forth, back = number(edges.get("steepness")), number(edges.get("steepness_back"))
    energy = number(edges.get("energy")) or 0.0
    drawn = min(number(steps) or 0.0 for steps in edges.get("steps") or [0.0])
    if forth is None or back is None or not 0.5 < energy < 2.0 or max(forth, back) >= gate.ELSEWHERE:
        return
    if drawn < gate.EDGES:
        return  # the strongest steps of a picture without edges are an encoder's
    message = (
        f"The strongest edges lie elsewhere: at their places the other side has {max(forth, back, 0.0):.0%} of them."
    )
    numbers = {"steepness": forth, "steepness_back": back, "threshold": gate.ELSEWHERE}
    yield Reason("content_differs", "ask", message, {"frame": edges.get("frame")}, numbers)


def _damage(video: Facts, limit: SameAs, *, surface: tuple[Reason, ...], moved: bool) -> Iterator[Reason]:
    """A bad place or a bad moment in a clip that otherwise agrees."""
    place = tuple(_place(video))
    yield from place
    if place or surface:
        return
    apart = video["between"].get("apart")
    lasting = number((apart or {}).get("lasting")) or 0.0
    if lasting >= gate.ANYWHERE:
        message = f"One region differs by {lasting:.0f} of 255 levels throughout."
        where = {"frame": apart["frame"], "region": apart["lasting_region"]}
        yield Reason("content_differs", "ask", message, where, {"levels": lasting, "threshold": gate.ANYWHERE})
    elif apart:
        yield from _moment(video, limit, apart, moved=moved)


def _place(video: Facts) -> Iterator[Reason]:
    """One region that differs throughout, where three quarters of them agree."""
    apart = video["between"].get("apart") or {}
    lasting, usual = number(apart.get("lasting")) or 0.0, max(number(apart.get("lasting_usual")) or 0.0, 1.0)
    if lasting >= gate.PLACE and lasting >= gate.PLACE_RATIO * usual:
        message = f"One region differs by {lasting:.0f} of 255 levels throughout, where most of the picture agrees."
        place = {"frame": apart["frame"], "region": apart["lasting_region"]}
        yield Reason("content_differs", "fail", message, place, {"levels": lasting, "usual": usual})


def _moment(video: Facts, limit: SameAs, apart: Facts, *, moved: bool) -> Iterator[Reason]:
    """One region at one time, against the rest of the clip; small damage also costs its frame decibels."""
    most, usual = number(apart["most"]) or 0.0, max(number(apart["lasting_usual"]) or 0.0, 1.0)
    low, mean = number(video["psnr"]["min"]), number(video["psnr"]["mean"])
    drop = mean - low if low is not None and mean is not None else 0.0
    least = gate.MOMENT_SMALL if drop >= gate.MOMENT_DROP else gate.MOMENT
    alone = most >= least and most >= gate.MOMENT_RATIO * usual
    bad = _bad_frame(video, limit)
    if not bad and not (alone and (number(video["ssim"]["mean"]) or 0.0) >= limit.ssim):
        return
    sure = bad or (not moved and (most >= gate.MOMENT_SURE * usual or drop >= gate.MOMENT_DROP))
    message = f"At frame {apart['frame']} one region differs by {most:.0f} of 255 levels, where the rest agrees."
    place = {"frame": apart["frame"], "region": apart["region"]}
    yield Reason("content_differs", "fail" if sure else "ask", message, place, {"levels": most, "usual": usual})


def _bad_frame(video: Facts, limit: SameAs) -> bool:
    low, mean, ssim = (number(video["psnr"]["min"]), number(video["psnr"]["mean"]), number(video["ssim"]["mean"]))
    if low is None or mean is None or ssim is None or not video["worst_frames"]:
        return False
    return ssim >= limit.ssim and mean >= limit.psnr and low < limit.psnr - gate.DAMAGE_DB
